/// Tokens that are found in the text before anything else happens to it: special ones, and words added by hand.
struct AddedTokens: Sendable {
  /// One entry of `added_tokens` in tokenizer.json.
  struct Token: Sendable {
    let id: Int
    let content: String
    let isSpecial: Bool
    /// Whether white space before (after) the token belongs to it.
    let stripsLeft: Bool
    let stripsRight: Bool
    /// Whether it must stand alone as a word.
    let isSingleWord: Bool
    /// Whether it is searched in the normalized text rather than in the text as given.
    let isNormalized: Bool
  }

  /// A stretch of text: a token, or (`token` is nil) text in between.
  struct Part {
    let token: Token?
    let range: Range<Int>
  }

  let tokens: [Token]
  /// By first byte, longest content first: (index in `tokens`, bytes).
  private let raw: [[(index: Int, bytes: [UInt8])]]
  private let normalized: [[(index: Int, bytes: [UInt8])]]
  let hasNormalized: Bool

  init(_ tokens: [Token], normalizer: Normalizer?) {
    self.tokens = tokens
    var raw = Array(repeating: [(index: Int, bytes: [UInt8])](), count: 256)
    var normalized = raw
    for (index, token) in tokens.enumerated() {
      var segment = Segment(bytes: Array(token.content.utf8), base: 0)
      if token.isNormalized { normalizer?.apply(to: &segment) }
      guard let first = segment.bytes.first else { continue }
      if token.isNormalized {
        normalized[Int(first)].append((index, segment.bytes))
      } else {
        raw[Int(first)].append((index, segment.bytes))
      }
    }
    self.raw = raw.map { $0.sorted { $0.bytes.count > $1.bytes.count } }
    self.normalized = normalized.map { $0.sorted { $0.bytes.count > $1.bytes.count } }
    hasNormalized = tokens.contains { $0.isNormalized }
  }

  /// Cuts text at its added tokens: at each place from the left, the longest one.
  /// - Parameters:
  ///   - special: whether special tokens are looked for too.
  ///   - inNormalized: which of the two kinds is looked for.
  func split(_ bytes: [UInt8], special: Bool, inNormalized: Bool) -> [Part] {
    let table = inNormalized ? normalized : raw
    var parts: [Part] = []
    var textStart = 0
    var position = 0
    while position < bytes.count {
      var found: (token: Token, range: Range<Int>)?
      for candidate in table[Int(bytes[position])] {
        let end = position + candidate.bytes.count
        let token = tokens[candidate.index]
        guard end <= bytes.count, special || !token.isSpecial,
          bytes[position..<end].elementsEqual(candidate.bytes)
        else { continue }
        if token.isSingleWord, !standsAlone(position..<end, in: bytes) { continue }
        found = (token, position..<end)
        break
      }
      guard let found else {
        position += 1
        continue
      }
      var (start, end) = (found.range.lowerBound, found.range.upperBound)
      if found.token.stripsLeft {
        while let space = spaceBefore(start, in: bytes), space >= textStart { start = space }
      }
      if found.token.stripsRight {
        while let space = spaceAfter(end, in: bytes) { end = space }
      }
      if start > textStart { parts.append(Part(token: nil, range: textStart..<start)) }
      parts.append(Part(token: found.token, range: start..<end))
      textStart = end
      position = end
    }
    if textStart < bytes.count { parts.append(Part(token: nil, range: textStart..<bytes.count)) }
    return parts
  }

  private func standsAlone(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
    func isWord(_ scalar: Unicode.Scalar?) -> Bool {
      guard let scalar else { return false }
      return scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }
    return !isWord(scalar(before: range.lowerBound, in: bytes)?.scalar)
      && !isWord(scalar(after: range.upperBound, in: bytes)?.scalar)
  }

  private func scalar(before end: Int, in bytes: [UInt8]) -> (scalar: Unicode.Scalar, start: Int)? {
    var start = end - 1
    while start >= 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    guard start >= 0 else { return nil }
    return String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars.first.map { ($0, start) }
  }

  private func scalar(after start: Int, in bytes: [UInt8]) -> (scalar: Unicode.Scalar, end: Int)? {
    guard start < bytes.count else { return nil }
    var end = start + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars.first.map { ($0, end) }
  }

  private func spaceBefore(_ end: Int, in bytes: [UInt8]) -> Int? {
    guard let (scalar, start) = scalar(before: end, in: bytes), scalar.properties.isWhitespace else { return nil }
    return start
  }

  private func spaceAfter(_ start: Int, in bytes: [UInt8]) -> Int? {
    guard let (scalar, end) = scalar(after: start, in: bytes), scalar.properties.isWhitespace else { return nil }
    return end
  }
}
