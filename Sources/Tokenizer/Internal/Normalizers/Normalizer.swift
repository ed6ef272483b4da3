/// A change to the text before it is split: one entry of `normalizer` in tokenizer.json.
enum Normalizer: Sendable {
  case form(UnicodeForm)
  case lowercase
  case strip(left: Bool, right: Bool)
  case stripAccents
  case prepend([UInt8])
  case replace([UInt8], with: [UInt8])
  case replacePattern(Pattern, with: [UInt8])
  case bert(BertNormalizer)
  /// SentencePiece's table of replacements, as Hugging Face's library applies it.
  case charsmap(Charsmap)
  case sentencePiece(SentencePieceNormalizer)
  case sequence([Normalizer])

  /// - Throws: `TokenizerError.costlyPattern`.
  func apply(to segment: inout Segment) throws(TokenizerError) {
    switch self {
    case .form(let form): form.apply(to: &segment)
    case .lowercase: Self.lowercase(&segment)
    case .strip(let left, let right): Self.strip(&segment, left: left, right: right)
    case .stripAccents: segment.mapScalars { $0.isMark ? "" : nil }
    case .prepend(let text):
      if !segment.bytes.isEmpty { segment.prepend(text) }
    case .replace(let from, let to): segment.replace(segment.bytes.ranges(of: from), with: to)
    case .replacePattern(let pattern, let to):
      var matches: [Range<Int>] = []
      try segment.bytes.withUnsafeBufferPointer { (bytes) throws(TokenizerError) in
        try pattern.forEachMatch(in: bytes) { matches.append($0) }
      }
      segment.replace(matches, with: to)
    case .bert(let normalizer): normalizer.apply(to: &segment)
    case .charsmap(let map): map.applyByGrapheme(to: &segment)
    case .sentencePiece(let normalizer): normalizer.apply(to: &segment)
    case .sequence(let steps):
      for step in steps where !segment.isOverfull { try step.apply(to: &segment) }
    }
  }

  /// Scalar by scalar, so that a final sigma is an ordinary one.
  static func lowercase(_ segment: inout Segment) {
    segment.mapScalars { scalar in
      if scalar.isASCII {
        return ("A"..."Z").contains(scalar) ? String(Unicode.Scalar(UInt8(scalar.value) | 0x20)) : nil
      }
      return scalar.properties.changesWhenLowercased ? scalar.properties.lowercaseMapping : nil
    }
  }

  private static func strip(_ segment: inout Segment, left: Bool, right: Bool) {
    let bytes = segment.bytes
    var (start, end) = (0, bytes.count)
    while left, start < end {
      let (scalar, next) = bytes.scalar(at: start)
      guard scalar.properties.isWhitespace else { break }
      start = next
    }
    while right, end > start, let before = bytes.scalar(before: end), before.scalar.properties.isWhitespace {
      end = before.start
    }
    guard start > 0 || end < bytes.count else { return }
    segment = segment[start..<end]
  }
}
