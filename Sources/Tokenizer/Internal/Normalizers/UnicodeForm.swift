import Foundation

/// The Unicode normal forms.
enum UnicodeForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  /// From how many marks on a run of them is put in order here.
  private static let longRun = 32

  func apply(to text: String) -> String {
    let text = ordered(text)
    return switch self {
    case .nfc: text.precomposedStringWithCanonicalMapping
    case .nfd: text.decomposedStringWithCanonicalMapping
    // Foundation's own NFKC leaves apart what became composable: two Hangul letters, a kana and its mark.
    case .nfkc: text.decomposedStringWithCompatibilityMapping.precomposedStringWithCanonicalMapping
    // Nor does its NFKD put in order what became a mark.
    case .nfkd: text.decomposedStringWithCompatibilityMapping.decomposedStringWithCanonicalMapping
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

  /// The text, or an equivalent one that is decomposed and in canonical order (The Unicode Standard, 3.11) if it has a
  /// long run of marks: Foundation takes the square of a run's length to order it, and drops what such a run gains by
  /// decomposition.
  private func ordered(_ text: String) -> String {
    guard text.utf8.count > Self.longRun, hasLongRun(text) else { return text }
    var (result, run) = (String.UnicodeScalarView(), [Unicode.Scalar]())
    func endRun() {
      // Grouping keeps the order of marks of the same class, as it has to.
      let classes = Dictionary(grouping: run, by: \.properties.canonicalCombiningClass)
      for (_, marks) in classes.sorted(by: { $0.key < $1.key }) { result.append(contentsOf: marks) }
      run.removeAll()
    }
    var known: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    for scalar in text.unicodeScalars {
      let parts = known[scalar] ?? decomposed(scalar)
      known[scalar] = parts
      for part in parts {
        if part.properties.canonicalCombiningClass != .notReordered {
          run.append(part)
        } else {
          endRun()
          result.append(part)
        }
      }
    }
    endRun()
    return String(result)
  }

  private func decomposed(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    let text = String(scalar)
    let parts =
      isCompatible ? text.decomposedStringWithCompatibilityMapping : text.decomposedStringWithCanonicalMapping
    return Array(parts.unicodeScalars)
  }

  private func hasLongRun(_ text: String) -> Bool {
    var count = 0
    for scalar in text.unicodeScalars {
      count = isMark(scalar) ? count + 1 : 0
      if count > Self.longRun { return true }
    }
    return false
  }

  /// Whether a scalar decomposes into nothing but marks that may change places.
  private func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x300: false
    // These stay where they are, and their parts do not: two Tibetan vowels in one, the sound marks of narrow kana.
    case 0xF73, 0xF75, 0xF81: true
    case 0xFF9E, 0xFF9F: isCompatible
    default: scalar.properties.canonicalCombiningClass != .notReordered
    }
  }

  /// Whether it gives up differences of looks.
  private var isCompatible: Bool { self == .nfkc || self == .nfkd }

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
