import Foundation

/// A change to the text before it is split: one entry of `normalizer` in tokenizer.json.
enum Normalizer: Sendable {
  case form(UnicodeForm)
  case prepend(String)
  case replace(String, with: String)
  case replacePattern(Pattern, with: String)
  case sequence([Normalizer])

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
      case .nfkc: text.precomposedStringWithCompatibilityMapping
      case .nfkd: text.decomposedStringWithCompatibilityMapping
      }
    }
  }

  func apply(to segment: inout Segment) {
    switch self {
    case .form(let form): Self.normalize(&segment, form)
    case .prepend(let text):
      if !segment.bytes.isEmpty { segment.prepend(Array(text.utf8)) }
    case .replace(let from, let to):
      segment.replace(segment.bytes.ranges(of: Array(from.utf8)).map { ($0, Array(to.utf8)) })
    case .replacePattern(let pattern, let to):
      var edits: [(range: Range<Int>, bytes: [UInt8])] = []
      segment.bytes.withUnsafeBufferPointer { bytes in
        pattern.forEachMatch(in: bytes) { edits.append(($0, Array(to.utf8))) }
      }
      segment.replace(edits)
    case .sequence(let steps):
      for step in steps { step.apply(to: &segment) }
    }
  }

  /// Normalizes grapheme by grapheme, so that each keeps its place in the source: no canonical composition crosses a
  /// grapheme boundary.
  private static func normalize(_ segment: inout Segment, _ form: UnicodeForm) {
    // ASCII is in every normal form.
    guard segment.bytes.contains(where: { $0 >= 0x80 }) else { return }
    let text = String(decoding: segment.bytes, as: UTF8.self)
    var edits: [(range: Range<Int>, bytes: [UInt8])] = []
    var position = 0
    for character in text {
      let before = String(character)
      let count = before.utf8.count
      defer { position += count }
      if count == 1 { continue }
      let after = form.apply(to: before)
      if !after.utf8.elementsEqual(before.utf8) {
        edits.append((position..<position + count, Array(after.utf8)))
      }
    }
    segment.replace(edits)
  }
}

extension [UInt8] {
  /// Where `pattern` occurs, from the left, without overlap.
  func ranges(of pattern: [UInt8]) -> [Range<Int>] {
    guard let first = pattern.first, pattern.count <= count else { return [] }
    var found: [Range<Int>] = []
    var index = 0
    while index + pattern.count <= count {
      if self[index] == first, self[index..<index + pattern.count].elementsEqual(pattern) {
        found.append(index..<index + pattern.count)
        index += pattern.count
      } else {
        index += 1
      }
    }
    return found
  }
}
