import Foundation

/// The Unicode normal forms.
enum UnicodeForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  func apply(to text: String) -> String {
    switch self {
    case .nfc: text.precomposedStringWithCanonicalMapping
    case .nfd: text.decomposedStringWithCanonicalMapping
    // Foundation's own NFKC leaves apart what became composable: two Hangul letters, a kana and its mark.
    case .nfkc: text.decomposedStringWithCompatibilityMapping.precomposedStringWithCanonicalMapping
    case .nfkd: text.decomposedStringWithCompatibilityMapping
    }
  }

  /// Normalizes each stretch that is not ASCII, grapheme by grapheme where that is enough, so that each grapheme keeps
  /// its place in the source.
  func apply(to segment: inout Segment) {
    // ASCII is in every normal form.
    guard segment.bytes.contains(where: { $0 >= 0x80 }) else { return }
    segment.edit { editor in
      let bytes = editor.old.bytes
      var position = 0
      while let stretch = Self.nextStretch(in: bytes, from: position) {
        position = stretch.upperBound
        let text = String(decoding: bytes[stretch], as: UTF8.self)
        let pieces = text.map { isStable($0) ? nil : apply(to: String($0)) }
        guard pieces.contains(where: { $0 != nil }) else { continue }
        // Compatibility characters of their own can make one of two graphemes: then the stretch is one piece.
        let joined = zip(text, pieces).map { $1 ?? String($0) }.joined()
        let whole = apply(to: text)
        guard joined.utf8.elementsEqual(whole.utf8) else {
          editor.keep(until: stretch.lowerBound)
          editor.replace(until: stretch.upperBound, with: whole.utf8)
          continue
        }
        var start = stretch.lowerBound
        for (character, piece) in zip(text, pieces) {
          let end = start + character.utf8.count
          if let piece, !piece.utf8.elementsEqual(character.utf8) {
            editor.keep(until: start)
            editor.replace(until: end, with: piece.utf8)
          }
          start = end
        }
      }
    }
  }

  /// Whether a grapheme is known to be in normal form without a look at the tables.
  private func isStable(_ character: Character) -> Bool {
    var scalars = character.unicodeScalars.makeIterator()
    guard let scalar = scalars.next(), scalars.next() == nil else { return false }
    switch scalar.value {
    case 0..<0x80: return true
    // Latin letters, dashes and quotation marks, Hiragana and Katakana without marks, ideographs, Hangul syllables.
    case 0x80..<0x300, 0xAC00...0xD7A3: return self == .nfc
    case 0x2010...0x201F: return self == .nfc
    case 0x4E00...0x9FFF: return true
    default: return false
    }
  }

  /// The next run of bytes that are not ASCII, with the ASCII character before it: marks may follow that one.
  private static func nextStretch(in bytes: [UInt8], from start: Int) -> Range<Int>? {
    bytes.withUnsafeBufferPointer { bytes in
      var first = start
      while first < bytes.count, bytes[first] < 0x80 { first += 1 }
      guard first < bytes.count else { return nil }
      var end = first
      while end < bytes.count, bytes[end] >= 0x80 { end += 1 }
      return max(start, first - 1)..<end
    }
  }
}
