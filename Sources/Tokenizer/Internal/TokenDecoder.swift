/// What a token's spelling becomes in decoded text: the `decoder` of tokenizer.json.
struct TokenDecoder: Sendable {
  /// One step, done to each token by itself.
  enum Step: Sendable {
    /// Characters stand for bytes (see `ByteAlphabet`).
    case byteLevel
    /// `<0xE2>` is the byte E2.
    case byteFallback
    case replace([UInt8], with: [UInt8])
    case replacePattern(Pattern, with: [UInt8])
    /// At most so many of a character go at either end.
    case strip([UInt8], start: Int, stop: Int)
    /// `mark` is a space, except for one at the start of the first token.
    case metaspace(mark: [UInt8], stripsFirst: Bool)
    /// A token without the prefix starts a word, and has a space before it unless it is the first.
    case wordPiece(prefix: [UInt8], cleansUp: Bool)
  }

  var steps: [Step] = []
  /// What happens to spaces at the start of the whole text.
  var leading = LeadingSpaces()
  /// What tokens stand for whose spelling does not say: SentencePiece's unknown token.
  var surfaces: [Int: [UInt8]] = [:]

  /// Whether a token can decode differently when it is the first.
  var distinguishesFirst: Bool {
    steps.contains {
      switch $0 {
      case .metaspace(_, let strips): strips
      case .wordPiece: true
      default: false
      }
    }
  }

  /// The bytes that a token stands for.
  ///
  /// - Parameter source: what errors call the place that the decoder comes from.
  /// - Throws: `TokenizerError.costlyPattern` or `growingText`.
  func bytes(of name: ArraySlice<UInt8>, isFirst: Bool, source: String) throws(TokenizerError) -> [UInt8] {
    var result = Array(name)
    let limit = 64 * name.count + 1_024
    func replace(_ ranges: [Range<Int>], with new: [UInt8]) throws(TokenizerError) {
      guard result.count + ranges.count * new.count <= limit else {
        throw .growingText(file: source, part: "decoder", bytes: name.count, limit: limit)
      }
      Self.replace(ranges, in: &result, with: new)
    }
    for step in steps {
      switch step {
      case .byteLevel: result = ByteAlphabet.bytes(of: String(decoding: result, as: UTF8.self)) ?? result
      case .byteFallback:
        if let byte = ByteFallback.byte(of: result) { return [byte] }
      case .replace(let from, let to): try replace(result.ranges(of: from), with: to)
      case .replacePattern(let pattern, let to):
        var matches: [Range<Int>] = []
        try result.withUnsafeBufferPointer { (bytes) throws(TokenizerError) in
          try pattern.forEachMatch(in: bytes) { matches.append($0) }
        }
        try replace(matches, with: to)
      case .strip(let text, let start, let stop):
        var rest = result[...]
        for _ in 0..<start where rest.starts(with: text) { rest = rest.dropFirst(text.count) }
        for _ in 0..<stop where rest.suffix(text.count).elementsEqual(text) { rest = rest.dropLast(text.count) }
        result = Array(rest)
      case .metaspace(let mark, let stripsFirst):
        if isFirst, stripsFirst, result.starts(with: mark) { result.removeFirst(mark.count) }
        Self.replace(result.ranges(of: mark), in: &result, with: [0x20])
      case .wordPiece(let prefix, let cleansUp):
        if !isFirst {
          if result.starts(with: prefix) { result.removeFirst(prefix.count) } else { result.insert(0x20, at: 0) }
        }
        if cleansUp {
          for (from, to) in Self.cleanings { Self.replace(result.ranges(of: from), in: &result, with: to) }
        }
      }
    }
    return result
  }

  /// The bytes of an added token, which stands for itself: only WordPiece puts a space before it.
  func bytes(ofAdded name: ArraySlice<UInt8>, isFirst: Bool) -> [UInt8] {
    let isWordPiece = steps.contains { if case .wordPiece = $0 { true } else { false } }
    return isWordPiece && !isFirst ? [0x20] + name : Array(name)
  }

  /// English punctuation and contractions without the space before them, in this order.
  private static let cleanings: [([UInt8], [UInt8])] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
    (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  private static func replace(_ ranges: [Range<Int>], in bytes: inout [UInt8], with new: [UInt8]) {
    for range in ranges.reversed() { bytes.replaceSubrange(range, with: new) }
  }
}
