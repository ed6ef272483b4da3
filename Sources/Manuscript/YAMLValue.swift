/// A YAML value together with the place in the Markdown file where it stands.
public struct YAMLValue: Hashable, Sendable {
  /// The value itself.
  public let content: YAML
  /// Where the value starts in the Markdown file.
  public let location: SourceLocation
  /// A scalar as it was written, before it was understood as a number or a truth value, and a parameter as its value was;
  /// empty for lists and maps.
  public let source: String

  /// Makes a value that stands at a place.
  public init(_ content: YAML, at location: SourceLocation, source: String = "") {
    self.content = content
    self.location = location
    self.source = source
  }
}

/// What a YAML node holds, by the core schema of YAML 1.2: `yes`, `on` and `1:30` are text.
public indirect enum YAML: Hashable, Sendable {
  /// Nothing: `null`, `~` or an absent value.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number that fits 64 bits.
  case int(Int)
  /// Any other number, including `.inf` and `.nan`.
  case double(Double)
  /// Text, quoted or not.
  case string(String)
  /// A list.
  case list([YAMLValue])
  /// A map, in the order of the text; keys are unique.
  case map([YAMLEntry])
}

/// A key of a YAML map with its value.
public struct YAMLEntry: Hashable, Sendable {
  /// The key and where it stands.
  public let key: Located<String>
  /// The value.
  public let value: YAMLValue

  /// Pairs a key with its value.
  public init(key: Located<String>, value: YAMLValue) {
    self.key = key
    self.value = value
  }
}

extension YAMLValue {
  /// The value of a key if this is a map that has it.
  public subscript(key: String) -> YAMLValue? { entries?.first { $0.key.value == key }?.value }

  /// The entries in the order of the text if this is a map.
  public var entries: [YAMLEntry]? {
    if case .map(let entries) = content { entries } else { nil }
  }

  /// The elements if this is a list.
  public var list: [YAMLValue]? {
    if case .list(let elements) = content { elements } else { nil }
  }

  /// The text if this is a string.
  public var string: String? {
    if case .string(let text) = content { text } else { nil }
  }

  /// The truth value if this is one.
  public var bool: Bool? {
    if case .bool(let flag) = content { flag } else { nil }
  }

  /// The whole number if this is one.
  public var int: Int? {
    if case .int(let number) = content { number } else { nil }
  }

  /// The number if this is one, whole or not.
  public var double: Double? {
    switch content {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  /// Whether this is null.
  public var isNull: Bool { content == .null }

  /// What was found, for messages: `the text “abc”`, `a list of 3`, `the number 4`.
  public var summary: String {
    switch content {
    case .null: "nothing"
    case .bool(let flag): "\(flag)"
    case .int(let number): "the number \(number)"
    case .double(let number): "the number \(source.isEmpty ? "\(number)" : source)"
    case .string(let text): "the text “\(text)”"
    case .list(let elements): "a list of \(elements.count)"
    case .map(let entries): "a map of \(entries.count) key\(entries.count == 1 ? "" : "s")"
    }
  }
}
