import Manuscript

/// A type that a cell's setting can have: how it is read from YAML, and what the reference documentation calls it.
public protocol SettingValue: Sendable {
  /// What may be written, for messages and documentation: `a number`, `one of mean, zero`.
  static var form: String { get }

  /// Reads the value.
  ///
  /// - Throws: the `Problem` of a value that is of another form, at the place where it stands.
  static func read(_ yaml: YAMLValue) throws(Problem) -> Self

  /// The value as a document would write it.
  var written: String { get }

  /// The cells that this value names, with the places where it names them.
  var references: [Reference] { get }

  /// The places in prompts that this value names.
  var positions: [Position] { get }
}

extension SettingValue {
  /// The cells that this value names.
  public var references: [Reference] { [] }
  /// The places in prompts that this value names.
  public var positions: [Position] { [] }

  /// The problem of a value that is not of this form.
  static func mismatch(_ yaml: YAMLValue) -> Problem {
    Problem("found \(yaml.summary)", at: yaml.location, expected: "expected: \(form)")
  }
}

extension String: SettingValue {
  /// What may be written, for messages and documentation.
  public static var form: String { "text" }
  /// The value as a document would write it: in quotes where it could be taken for more than one value, or for none.
  public var written: String {
    let isPlain =
      !isEmpty && self != "nothing" && first != " " && last != " "
      && unicodeScalars.allSatisfy { $0.value >= 0x20 && !",:=[]{}\"\\#".unicodeScalars.contains($0) }
    return isPlain ? self : debugDescription
  }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> String {
    switch yaml.content {
    case .string(let text): return text
    case .int, .double, .bool: return yaml.source
    default: throw mismatch(yaml)
    }
  }
}

extension Int: SettingValue {
  /// What may be written, for messages and documentation.
  public static var form: String { "a whole number" }
  /// The value as a document would write it.
  public var written: String { description }

  /// Far more than anything that is counted here, and few enough that what is counted can be kept.
  private static let most = 1_000_000

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Int {
    guard let number = yaml.int else { throw mismatch(yaml) }
    guard (-most...most).contains(number) else {
      throw Problem("found the number \(number)", at: yaml.location, expected: "expected: at most \(most)")
    }
    return number
  }
}

/// A seed.
extension UInt64: SettingValue {
  /// What may be written, for messages and documentation.
  public static var form: String { "a whole number from 0 on" }
  /// The value as a document would write it.
  public var written: String { description }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> UInt64 {
    // Beyond 63 bits YAML has a double, but the digits are still there.
    guard yaml.double != nil, let number = UInt64(yaml.source) else { throw mismatch(yaml) }
    return number
  }
}

extension Double: SettingValue {
  /// What may be written, for messages and documentation.
  public static var form: String { "a number" }
  /// The value as a document would write it.
  public var written: String { description }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Double {
    guard let number = yaml.double else { throw mismatch(yaml) }
    return number
  }
}

extension Bool: SettingValue {
  /// What may be written, for messages and documentation.
  public static var form: String { "true or false" }
  /// The value as a document would write it.
  public var written: String { description }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Bool {
    guard let flag = yaml.bool else { throw mismatch(yaml) }
    return flag
  }
}

/// A list; a single value stands for a list of one.
extension Array: SettingValue where Element: SettingValue {
  /// What may be written, for messages and documentation.
  public static var form: String { "\(Element.form), or a list of such" }
  /// The value as a document would write it.
  public var written: String { "[" + map(\.written).joined(separator: ", ") + "]" }
  /// The cells that this value names.
  public var references: [Reference] { flatMap(\.references) }
  /// The places in prompts that this value names.
  public var positions: [Position] { flatMap(\.positions) }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> [Element] {
    guard let elements = yaml.list else { return [try Element.read(yaml)] }
    var values: [Element] = []
    for element in elements { values.append(try Element.read(element)) }
    return values
  }
}

/// A setting that may be left out.
extension Optional: SettingValue where Wrapped: SettingValue {
  /// What may be written, for messages and documentation.
  public static var form: String { Wrapped.form }
  /// The value as a document would write it.
  public var written: String { map(\.written) ?? "nothing" }
  /// The cells that this value names.
  public var references: [Reference] { map(\.references) ?? [] }
  /// The places in prompts that this value names.
  public var positions: [Position] { map(\.positions) ?? [] }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Wrapped? {
    yaml.isNull ? nil : try Wrapped.read(yaml)
  }
}

/// A setting that takes one of a few names: an enumeration of texts need only say that it adopts this.
public protocol SettingChoice: SettingValue, RawRepresentable, CaseIterable where RawValue == String {}

extension SettingChoice {
  /// What may be written, for messages and documentation.
  public static var form: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
  /// The value as a document would write it.
  public var written: String { rawValue }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Self {
    let names = allCases.map(\.rawValue)
    guard let name = yaml.string else { throw mismatch(yaml) }
    guard let value = Self(rawValue: name) else {
      throw Problem.unknown(name, kind: "value", allowed: names, at: yaml.location)
    }
    return value
  }
}
