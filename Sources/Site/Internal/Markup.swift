/// Makes text safe to stand in HTML and SVG, whatever it holds.
///
/// Scalar by scalar, because a `<` or `"` that a combining mark follows is one `Character` with it, and would slip
/// through a comparison of characters.
enum Markup {
  /// Text for an element or a quoted attribute: markup is escaped, and what could hide or reorder text is spelled out.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars { result += escaped(scalar) }
    return result
  }

  /// The name of a value, escaped, that may go on in a new line behind each of its parts.
  static func breakable(_ path: String) -> String {
    escaped(path).replacing(/[._]/) { "\($0.output)<wbr>" }
  }

  /// One scalar, escaped.
  static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    case "'": "&#39;"
    default: visible(scalar) ?? String(scalar)
    }
  }

  /// How a scalar that a reader would not see, or that XML forbids, is shown; `nil` for all others.
  static func visible(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x09, 0x0A: nil
    // The control pictures: ␀, ␛ ...
    case 0x00...0x1F: Unicode.Scalar(0x2400 + scalar.value).map { String($0) }
    case 0x7F: "\u{2421}"
    case 0x80...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: code(scalar)
    case 0xE0000...0xE007F: code(scalar)
    case let value where value & 0xFFFE == 0xFFFE: "\u{FFFD}"
    default: nil
    }
  }

  /// `⟨U+202E⟩`
  private static func code(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "⟨U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "⟩"
  }

  /// A relative address of path components, for an attribute: all but unreserved characters are percent-encoded.
  static func address(_ path: String) -> String {
    path.utf8.reduce(into: "") { result, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "/"), UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
  }

  /// An identifier that may stand in `id` and behind `#`: letters, digits, `-`, `_` and `.` stay.
  static func identifier(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
      result.unicodeScalars.append(isPlain || "-_.".unicodeScalars.contains(scalar) ? scalar : "-")
    }
    return result
  }
}
