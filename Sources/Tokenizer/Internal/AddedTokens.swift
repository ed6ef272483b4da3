/// Tokens that are found in the text before anything else happens to it: special ones, and words added by hand.
struct AddedTokens: Sendable {
  /// One entry of `added_tokens` in tokenizer.json.
  struct Token: Sendable {
    let id: Int
    let content: String
    var isSpecial = false
    /// Whether white space before (after) the token belongs to it.
    var stripsLeft = false
    var stripsRight = false
    /// Whether it must stand alone as a word.
    var isSingleWord = false
    /// Whether it is searched in the normalized text rather than in the text as given.
    var isNormalized = false
  }

  /// A stretch of text: a token, or (`token` is nil) text in between.
  struct Part {
    let token: Token?
    let range: Range<Int>
  }

  /// Tokens by their first byte, longest content first.
  private struct Index: Sendable {
    var candidates = Array(repeating: [(token: Token, bytes: [UInt8])](), count: 256)
    /// Which bytes start any token; apart, so that a text is passed over quickly.
    var starts = Array(repeating: false, count: 256)
    var isEmpty = true

    mutating func add(_ token: Token, _ bytes: [UInt8]) {
      guard let first = bytes.first else { return }
      isEmpty = false
      starts[Int(first)] = true
      candidates[Int(first)].append((token, bytes))
      candidates[Int(first)].sort { $0.bytes.count > $1.bytes.count }
    }
  }

  private var raw = Index()
  private var normalized = Index()

  /// Whether any token is searched in the normalized text.
  var hasNormalized: Bool { !normalized.isEmpty }

  init(_ tokens: [Token], normalizer: Normalizer?) throws(TokenizerError) {
    for token in tokens {
      var segment = Segment(bytes: Array(token.content.utf8), base: 0)
      if token.isNormalized {
        try normalizer?.apply(to: &segment)
        normalized.add(token, segment.bytes)
      } else {
        raw.add(token, segment.bytes)
      }
    }
  }

  /// Cuts text at its added tokens: at each place from the left, the longest one.
  /// - Parameters:
  ///   - special: whether special tokens are looked for too.
  ///   - inNormalized: which of the two kinds is looked for.
  func split(_ bytes: [UInt8], special: Bool, inNormalized: Bool) -> [Part] {
    let index = inNormalized ? normalized : raw
    var parts: [Part] = []
    var textStart = 0
    var position = 0
    while let next = Self.next(index.starts, in: bytes, from: position) {
      position = next
      guard let found = find(index, bytes, at: position, special: special) else {
        position += 1
        continue
      }
      var (start, end) = (position, found.end)
      if found.token.stripsLeft {
        while let before = bytes.scalar(before: start), before.start >= textStart,
          before.scalar.properties.isWhitespace
        {
          start = before.start
        }
      }
      if found.token.stripsRight {
        while end < bytes.count {
          let after = bytes.scalar(at: end)
          guard after.scalar.properties.isWhitespace else { break }
          end = after.end
        }
      }
      if start > textStart { parts.append(Part(token: nil, range: textStart..<start)) }
      parts.append(Part(token: found.token, range: start..<end))
      textStart = end
      position = end
    }
    if textStart < bytes.count { parts.append(Part(token: nil, range: textStart..<bytes.count)) }
    return parts
  }

  /// The first place from `start` on where some token may begin.
  private static func next(_ starts: [Bool], in bytes: [UInt8], from start: Int) -> Int? {
    starts.withUnsafeBufferPointer { starts in
      bytes.withUnsafeBufferPointer { bytes in
        var position = start
        while position < bytes.count {
          if starts[Int(bytes[position])] { return position }
          position += 1
        }
        return nil
      }
    }
  }

  private func find(_ index: Index, _ bytes: [UInt8], at start: Int, special: Bool) -> (token: Token, end: Int)? {
    for (token, content) in index.candidates[Int(bytes[start])] {
      let end = start + content.count
      guard end <= bytes.count, special || !token.isSpecial, bytes[start..<end].elementsEqual(content) else { continue }
      if token.isSingleWord {
        if let before = bytes.scalar(before: start), before.scalar.isWord { continue }
        if end < bytes.count, bytes.scalar(at: end).scalar.isWord { continue }
      }
      return (token, end)
    }
    return nil
  }
}
