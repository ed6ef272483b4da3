/// The core schema of YAML 1.2: what a plain scalar means.
enum ScalarSchema {
  static func content(of text: String) -> YAML {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .double(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
    case ".nan", ".NaN", ".NAN": return .double(.nan)
    default: break
    }
    if let number = based(text) { return number }
    guard isNumber(text), let double = Double(text.hasSuffix(".") ? text + "0" : text) else { return .string(text) }
    return Int(text).map(YAML.int) ?? .double(double)
  }

  /// `0x…` and `0o…`.
  private static func based(_ text: String) -> YAML? {
    let digits = text.dropFirst(2)
    guard let first = digits.first, first.isHexDigit else { return nil }
    if text.hasPrefix("0x") { return Int(digits, radix: 16).map(YAML.int) }
    if text.hasPrefix("0o") { return Int(digits, radix: 8).map(YAML.int) }
    return nil
  }

  /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
  private static func isNumber(_ text: String) -> Bool {
    var rest = Substring(text).unicodeScalars
    func sign() { if rest.first == "-" || rest.first == "+" { rest.removeFirst() } }
    func digits() -> Int {
      let count = rest.prefix { $0.isDigit }.count
      rest.removeFirst(count)
      return count
    }
    sign()
    let whole = digits()
    var fraction = 0
    if rest.first == "." {
      rest.removeFirst()
      fraction = digits()
    }
    guard whole + fraction > 0 else { return false }
    if rest.first == "e" || rest.first == "E" {
      rest.removeFirst()
      sign()
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
