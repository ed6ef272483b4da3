/// Makes text and addresses safe to stand in HTML.
enum HTMLText {
  /// Text as it may stand in an element or a quoted attribute.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// An address for a quoted attribute; empty if following it could run code or leave the web.
  ///
  /// - Parameter image: Whether the address is an image's, which may hold its data itself.
  static func address(_ address: String, image: Bool = false) -> String {
    guard isSafe(address, image: image) else { return "" }
    var result = ""
    for byte in address.utf8 {
      switch byte {
      case UInt8(ascii: "&"): result += "&amp;"
      case UInt8(ascii: "'"): result += "&#x27;"
      case 0x21...0x7E where !"\"<>[]\\^`{|}".utf8.contains(byte):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }

  /// Whether the address is relative or its scheme is known to be harmless. Browsers skip blanks and control
  /// characters in a scheme, so an address that has any before its colon is not safe.
  private static func isSafe(_ address: String, image: Bool) -> Bool {
    guard let colon = address.unicodeScalars.firstIndex(of: ":") else { return true }
    let scheme = address.unicodeScalars[..<colon]
    if scheme.contains(where: { "/?#".unicodeScalars.contains($0) }) { return true }
    let name = String(scheme).lowercased()
    if ["http", "https", "mailto"].contains(name) { return true }
    guard image, name == "data" else { return false }
    let kind = address.lowercased().dropFirst("data:".count)
    return ["image/png", "image/gif", "image/jpeg", "image/webp"].contains(where: kind.hasPrefix)
  }
}
