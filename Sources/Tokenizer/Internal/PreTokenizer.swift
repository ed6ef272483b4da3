/// How text is cut into words that merges do not cross: one entry of `pre_tokenizer` in tokenizer.json.
enum PreTokenizer: Sendable {
  /// A space before the text, when it does not start with one.
  case prefixSpace
  /// Cut around the matches of a pattern.
  case split(Splitter, SplitBehavior)
  /// Spaces become `mark`, one is put in front, and words start at the marks.
  case metaspace(mark: String, prepend: MetaspacePrepend, split: Bool)

  /// What is cut at.
  enum Splitter: Sendable {
    case pattern(Pattern)
    case text(String)
  }

  /// What becomes of the text between the matches, which are the delimiters.
  enum SplitBehavior: String, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  /// When `metaspace` puts a mark in front.
  enum MetaspacePrepend: String, Sendable {
    case always, never, first
  }

  /// GPT-2's pattern (Radford et al. 2019), which `ByteLevel` uses unless it is told not to.
  static let gpt2Pattern = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  /// Cuts the words of a segment further; may also change the segment while it is one single word.
  func apply(to segment: inout Segment, words: inout [Range<Int>]) {
    switch self {
    case .prefixSpace:
      if let first = segment.bytes.first, first != 0x20 {
        segment.prepend([0x20])
        words = [0..<segment.bytes.count]
      }
    case .metaspace(let mark, let prepend, let split):
      let mark = Array(mark.utf8)
      segment.replace(segment.bytes.ranges(of: [0x20]).map { ($0, mark) })
      let wanted = prepend == .always || prepend == .first && segment.base == 0
      if wanted, !segment.bytes.isEmpty, !segment.bytes.starts(with: mark) { segment.prepend(mark) }
      words = [0..<segment.bytes.count]
      if split {
        words = Self.cut(0..<segment.bytes.count, at: segment.bytes.ranges(of: mark), .mergedWithNext)
      }
    case .split(let splitter, let behavior):
      var result: [Range<Int>] = []
      result.reserveCapacity(words.count + segment.bytes.count / 4)
      segment.bytes.withUnsafeBufferPointer { bytes in
        for word in words {
          let part = UnsafeBufferPointer(rebasing: bytes[word])
          if case .pattern(let pattern) = splitter, behavior == .isolated {
            // The usual case, without a list of matches.
            var end = word.lowerBound
            pattern.forEachMatch(in: part) { match in
              let start = word.lowerBound + match.lowerBound
              if start > end { result.append(end..<start) }
              end = word.lowerBound + match.upperBound
              result.append(start..<end)
            }
            if end < word.upperBound { result.append(end..<word.upperBound) }
            continue
          }
          var matches: [Range<Int>] = []
          switch splitter {
          case .pattern(let pattern): pattern.forEachMatch(in: part) { matches.append($0) }
          case .text(let text): matches = Array(part).ranges(of: Array(text.utf8))
          }
          let shifted = matches.map { $0.lowerBound + word.lowerBound..<$0.upperBound + word.lowerBound }
          result += Self.cut(word, at: shifted, behavior)
        }
      }
      words = result
    }
  }

  /// Cuts one word at delimiters.
  private static func cut(_ word: Range<Int>, at delimiters: [Range<Int>], _ behavior: SplitBehavior) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = word.lowerBound
    var previousWasDelimiter = false
    for delimiter in delimiters {
      switch behavior {
      case .removed, .isolated, .contiguous:
        let touches = delimiter.lowerBound == start
        if !touches { result.append(start..<delimiter.lowerBound) }
        if behavior == .contiguous, touches, previousWasDelimiter, let last = result.popLast() {
          result.append(last.lowerBound..<delimiter.upperBound)
        } else if behavior != .removed {
          result.append(delimiter)
        }
        start = delimiter.upperBound
      case .mergedWithPrevious:
        result.append(start..<delimiter.upperBound)
        start = delimiter.upperBound
      case .mergedWithNext:
        if delimiter.lowerBound > start { result.append(start..<delimiter.lowerBound) }
        start = delimiter.lowerBound
      }
      previousWasDelimiter = true
    }
    if start < word.upperBound { result.append(start..<word.upperBound) }
    return result
  }
}
