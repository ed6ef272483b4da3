/// How text is cut into words that tokens do not cross: one entry of `pre_tokenizer` in tokenizer.json.
enum PreTokenizer: Sendable {
  /// A space before each word that does not start with one.
  case prefixSpace
  /// Cut around the matches of a pattern, or around what lies between them.
  case split(Splitter, SplitBehavior, inverted: Bool = false)
  /// Spaces become `mark`, one is put in front, and words start at the marks.
  case metaspace(mark: [UInt8], prepend: MetaspacePrepend, split: Bool)
  /// Words start at the marks, where a character that is none goes before.
  case markStarts(mark: [UInt8])
  /// Some texts stand alone, the longest where several begin.
  case isolate(ByteTrie)

  /// What is cut at.
  enum Splitter: Sendable {
    case pattern(Pattern)
    case text([UInt8])
  }

  /// What becomes of the matches.
  enum SplitBehavior: String, Sendable, CaseIterable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  /// When `metaspace` puts a mark in front.
  enum MetaspacePrepend: String, Sendable, CaseIterable {
    case always, first, never
  }

  /// Cuts the words of a segment further; may also change the segment.
  ///
  /// - Throws: `TokenizerError.costlyPattern`.
  func apply(to segment: inout Segment, words: inout [Range<Int>]) throws(TokenizerError) {
    switch self {
    case .prefixSpace:
      Self.rewrite(&segment, &words) { word, editor in
        if !word.isEmpty, editor.old.bytes[word.lowerBound] != 0x20 {
          editor.replace(until: word.lowerBound, with: [0x20])
        }
      }
    case .metaspace(let mark, let prepend, let split):
      Self.rewrite(&segment, &words) { word, editor in
        let old = editor.old
        let spaces = old.bytes.ranges(of: [0x20], in: word)
        let wanted = prepend == .always || prepend == .first && old.source(of: word.lowerBound) == 0
        if wanted, !word.isEmpty, !old.bytes[word].starts(with: mark), old.bytes[word.lowerBound] != 0x20 {
          editor.replace(until: word.lowerBound, with: mark)
        }
        for space in spaces {
          editor.keep(until: space.lowerBound)
          editor.replace(until: space.upperBound, with: mark)
        }
      }
      guard split else { return }
      words = words.flatMap {
        Self.cut($0, at: segment.bytes.ranges(of: mark, in: $0), .mergedWithNext, inverted: false)
      }
    case .markStarts(let mark):
      words = words.flatMap { Self.cutAtStarts(of: mark, in: segment.bytes, $0) }
    case .isolate(let trie):
      words = words.flatMap { Self.isolate(trie, in: segment.bytes, $0) }
    case .split(.pattern(let pattern), .isolated, _):
      // The usual case, without a list of matches.
      var result: [Range<Int>] = []
      result.reserveCapacity(words.count + segment.bytes.count / 4)
      try segment.bytes.withUnsafeBufferPointer { (bytes) throws(TokenizerError) in
        for word in words {
          var end = word.lowerBound
          try pattern.forEachMatch(in: UnsafeBufferPointer(rebasing: bytes[word])) { match in
            let start = word.lowerBound + match.lowerBound
            if start > end { result.append(end..<start) }
            end = word.lowerBound + match.upperBound
            result.append(start..<end)
          }
          if end < word.upperBound { result.append(end..<word.upperBound) }
        }
      }
      words = result
    case .split(let splitter, let behavior, let inverted):
      var result: [Range<Int>] = []
      for word in words {
        var matches: [Range<Int>] = []
        switch splitter {
        case .text(let text): matches = segment.bytes.ranges(of: text, in: word)
        case .pattern(let pattern):
          try segment.bytes.withUnsafeBufferPointer { (bytes) throws(TokenizerError) in
            try pattern.forEachMatch(in: UnsafeBufferPointer(rebasing: bytes[word])) {
              matches.append(word.lowerBound + $0.lowerBound..<word.lowerBound + $0.upperBound)
            }
          }
        }
        result += Self.cut(word, at: matches, behavior, inverted: inverted)
      }
      words = result
    }
  }

  /// Edits word by word, and finds the words again in the edited segment.
  private static func rewrite(
    _ segment: inout Segment, _ words: inout [Range<Int>], _ body: (Range<Int>, inout Segment.Editor) -> Void
  ) {
    segment.edit { editor in
      for index in words.indices {
        let word = words[index]
        editor.keep(until: word.lowerBound)
        let start = editor.bytes.count
        body(word, &editor)
        editor.keep(until: word.upperBound)
        words[index] = start..<editor.bytes.count
      }
    }
  }

  /// Cuts one word at matches: `behavior` says where each of them goes.
  private static func cut(
    _ word: Range<Int>, at matches: [Range<Int>], _ behavior: SplitBehavior, inverted: Bool
  ) -> [Range<Int>] {
    var parts: [(range: Range<Int>, isCut: Bool)] = []
    var end = word.lowerBound
    for match in matches {
      if match.lowerBound > end { parts.append((end..<match.lowerBound, inverted)) }
      parts.append((match, !inverted))
      end = match.upperBound
    }
    if end < word.upperBound { parts.append((end..<word.upperBound, inverted)) }
    var result: [Range<Int>] = []
    switch behavior {
    case .isolated: return parts.map(\.range)
    case .removed: return parts.filter { !$0.isCut }.map(\.range)
    case .contiguous:
      var last: Bool?
      for part in parts {
        if last == part.isCut, let before = result.popLast() {
          result.append(before.lowerBound..<part.range.upperBound)
        } else {
          result.append(part.range)
        }
        last = part.isCut
      }
    case .mergedWithPrevious:
      var lastIsCut = false
      for part in parts {
        if part.isCut, !lastIsCut, let before = result.popLast() {
          result.append(before.lowerBound..<part.range.upperBound)
        } else {
          result.append(part.range)
        }
        lastIsCut = part.isCut
      }
    case .mergedWithNext:
      var nextIsCut = false
      for part in parts.reversed() {
        if part.isCut, !nextIsCut, let after = result.popLast() {
          result.append(part.range.lowerBound..<after.upperBound)
        } else {
          result.append(part.range)
        }
        nextIsCut = part.isCut
      }
      result.reverse()
    }
    return result
  }

  private static func cutAtStarts(of mark: [UInt8], in bytes: [UInt8], _ word: Range<Int>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = word.lowerBound
    var lastEnd = word.lowerBound
    for match in bytes.ranges(of: mark, in: word) {
      if match.lowerBound > lastEnd {
        result.append(start..<match.lowerBound)
        start = match.lowerBound
      }
      lastEnd = match.upperBound
    }
    if start < word.upperBound { result.append(start..<word.upperBound) }
    return result
  }

  private static func isolate(_ trie: ByteTrie, in bytes: [UInt8], _ word: Range<Int>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = word.lowerBound
    var position = start
    while position < word.upperBound {
      if let found = trie.longest(in: bytes[..<word.upperBound], from: position) {
        if position > start { result.append(start..<position) }
        result.append(position..<position + found.length)
        position += found.length
        start = position
      } else {
        position = bytes.characterEnd(from: position)
      }
    }
    if start < word.upperBound { result.append(start..<word.upperBound) }
    return result
  }
}
