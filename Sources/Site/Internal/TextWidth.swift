import Foundation

/// How wide text comes out in a system sans, estimated so that drawings are the same on every machine.
enum TextWidth {
  /// The width of a line of text at a font size, in the same unit.
  static func of(_ text: String, size: Double) -> Double {
    text.unicodeScalars.reduce(0) { $0 + em($1) } * size
  }

  private static func em(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "I", "t", "f", "r", ".", ",", ":", ";", "'", "|", "!", "(", ")", "[", "]", " ": 0.36
    case "m", "w", "M", "W", "%", "@": 0.92
    case "A"..."Z": 0.69
    case let other where other.value >= 0x2E80: 1.05
    default: 0.61
    }
  }

  /// Text cut to a width, with `…` where something is missing. An index such as `[-1]` is kept, and what follows it as far
  /// as there is room: they are what tells positions of one kind apart.
  static func fitted(_ text: String, size: Double, width: Double) -> String {
    func isFitting(_ text: String) -> Bool { of(text, size: size) <= width }
    guard !isFitting(text) else { return text }
    if let index = text.firstMatch(of: /\[[^\[\]]*\]/)?.range {
      var (head, tail) = (text[..<index.lowerBound], text[index.upperBound...])
      while !isFitting(head + "…" + text[index] + tail), head.count > leastHead { head.removeLast() }
      if isFitting(head + "…" + text[index] + tail) { return head + "…" + text[index] + tail }
      while !isFitting(head + "…" + text[index] + tail + "…"), !tail.isEmpty { tail.removeLast() }
      if !tail.isEmpty { return head + "…" + text[index] + tail + "…" }
      while !isFitting(head + "…" + text[index]), !head.isEmpty { head.removeLast() }
      if isFitting(head + "…" + text[index]) { return head + "…" + text[index] }
    }
    var kept = text[...]
    while !kept.isEmpty, !isFitting(kept + "…") { kept.removeLast() }
    return kept + "…"
  }

  /// Letters of a name that stay before its index while there is something behind it to cut.
  private static let leastHead = 4

  /// Text broken into lines of a width, at most `limit` of them; the last is cut if it must be.
  ///
  /// Lines break at spaces, and within names after `_`.
  static func lines(_ text: String, size: Double, width: Double, limit: Int = 3) -> [String] {
    var lines: [String] = []
    for piece in pieces(text) {
      if let last = lines.last, of(last + piece, size: size) <= width || lines.count == limit {
        lines[lines.count - 1] += piece
      } else {
        lines.append(piece.trimmingCharacters(in: .whitespaces))
      }
    }
    return lines.map { fitted($0, size: size, width: width) }
  }

  /// The text in parts that stay together; each but the first of a name begins with its space.
  private static func pieces(_ text: String) -> [String] {
    var pieces = [""]
    for character in text {
      if character.isWhitespace, pieces.last?.isEmpty == false { pieces.append("") }
      pieces[pieces.count - 1].append(character)
      if character == "_" { pieces.append("") }
    }
    return pieces.filter { !$0.isEmpty }
  }
}
