import Foundation

extension YAMLValue {
  /// The value as JSON text that depends on nothing but the value: keys sorted by Unicode scalars, no spaces.
  ///
  /// Doubles are written with the fewest digits that read back equal, always with a point or an exponent, so that `1`
  /// and `1.0` differ; numbers that JSON lacks are `{"$number":"nan"}`, `"inf"` and `"-inf"`. Places do not count.
  public var canonicalJSON: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch content {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .int(let number): text += "\(number)"
    case .double(let number) where number.isFinite: text += "\(number)"
    case .double(let number): text += "{\"$number\":\"\(number.isNaN ? "nan" : number < 0 ? "-inf" : "inf")\"}"
    case .string(let string): Self.write(string, to: &text)
    case .list(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        element.write(to: &text)
      }
      text += "]"
    case .map(let entries):
      text += "{"
      let sorted = entries.sorted { left, right in
        left.key.value.unicodeScalars.lexicographicallyPrecedes(right.key.value.unicodeScalars)
      }
      for (index, entry) in sorted.enumerated() {
        if index > 0 { text += "," }
        Self.write(entry.key.value, to: &text)
        text += ":"
        entry.value.write(to: &text)
      }
      text += "}"
    }
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case _ where scalar.value < 0x20: text += String(format: "\\u%04x", scalar.value)
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
