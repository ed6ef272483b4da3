import Foundation

/// A JSON document: objects keep their order and strings their exact scalars (Foundation keeps neither promise).
///
///     let message: OrderedJSON = ["role": "user", "content": "Hello"]
public enum OrderedJSON: Sendable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number without fraction or exponent that fits.
  case int(Int)
  /// Any other number.
  case double(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([OrderedJSON])
  /// Keys and values in the order of the document; a key may be repeated.
  case object([Member])

  /// One key and its value.
  public struct Member: Sendable {
    /// The key.
    public let key: String
    /// Its value.
    public let value: OrderedJSON

    /// A key with its value.
    public init(key: String, value: OrderedJSON) {
      self.key = key
      self.value = value
    }
  }

  /// Reads a JSON document (RFC 8259, nested at most 128 deep).
  /// - Throws: `TokenizerError.malformedJSON` with the line and column in `file`.
  public static func read(_ data: Data, file: String) throws -> OrderedJSON { try JSONReader.read(data, file: file) }

  /// The last value of that key: what other JSON readers take when a key is repeated.
  public subscript(key: String) -> OrderedJSON? { members?.last { $0.key == key }?.value }

  /// Whether this is `null`.
  public var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// The text, if this is one.
  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The truth value, if this is one.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The whole number, if this is one.
  public var int: Int? {
    if case .int(let value) = self { value } else { nil }
  }

  /// The items, if this is a list.
  public var array: [OrderedJSON]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members, if this is an object.
  public var members: [Member]? {
    if case .object(let value) = self { value } else { nil }
  }

  /// What kind of value this is, for error messages.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "the number \(value)"
    case .double(let value): "the number \(value)"
    case .string(let value): value.utf8.count <= 40 ? "“\(value)”" : "a text of \(value.utf8.count) bytes"
    case .array(let value): "a list of \(value.count)"
    case .object(let value): "an object of \(value.count) keys"
    }
  }
}

extension OrderedJSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A list.
  public init(arrayLiteral elements: OrderedJSON...) { self = .array(elements) }
  /// An object, in the order written.
  public init(dictionaryLiteral elements: (String, OrderedJSON)...) {
    self = .object(elements.map { Member(key: $0, value: $1) })
  }
}
