/// A value of the template language. Lists and mappings are never changed in place, as in transformers' sandbox.
enum Value {
  case undefined(String)
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(Text)
  case list([Value])
  case tuple([Value])
  case dictionary(Dictionary)
  /// What can be gone through but is no list: a range, or a mapping's items.
  case view(View)
  case namespace(Namespace)
  case loop(Loop)
  case macro(Macro)
  /// A function or method by name.
  case function(String)
  indirect case method(Value, String)

  /// A mapping in the order of insertion.
  struct Dictionary {
    /// A key with its value.
    struct Entry {
      var key: Value
      var value: Value
    }

    var entries: [Entry] = []

    subscript(key: Value) -> Value? { entries.last { $0.key.equals(key) }?.value }

    subscript(name: String) -> Value? { self[.text(name)] }

    mutating func set(_ key: Value, _ value: Value) {
      if let index = entries.firstIndex(where: { $0.key.equals(key) }) {
        entries[index].value = value
      } else {
        entries.append(Entry(key: key, value: value))
      }
    }
  }

  /// What `range()` and a mapping's `items()`, `keys()` and `values()` give.
  struct View {
    /// The kinds, by what they are made of.
    enum Kind: Equatable {
      case range(start: Int, stop: Int, step: Int)
      case items
      case keys
      case values
    }

    let kind: Kind
    let items: [Value]

    /// What Python calls the type.
    var typeName: String {
      switch kind {
      case .range: "range"
      case .items: "dict_items"
      case .keys: "dict_keys"
      case .values: "dict_values"
      }
    }

    var isRange: Bool {
      if case .range = kind { true } else { false }
    }
  }

  /// What `namespace()` makes: the one thing that a template can change across scopes.
  final class Namespace: Emptied {
    var variables: [String: Value]

    /// - Throws: `ValueError` for a name that transformers does not let a template store.
    static func check(_ name: String) throws {
      guard !name.hasPrefix("_") else { throw ValueError("“\(name)” cannot be stored: it begins with “_”") }
    }

    init(_ variables: [String: Value]) { self.variables = variables }

    func empty() { variables = [:] }
  }

  static func text(_ string: String) -> Value { .string(Text(string)) }

  /// A value from JSON.
  init(_ json: OrderedJSON) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .text(value)
    case .array(let items): self = .list(items.map(Value.init))
    case .object(let members):
      var dictionary = Dictionary()
      for member in members { dictionary.set(.text(member.key), Value(member.value)) }
      self = .dictionary(dictionary)
    }
  }

  /// What Python calls the type.
  var typeName: String {
    switch self {
    case .undefined: "undefined"
    case .none: "NoneType"
    case .bool: "bool"
    case .int: "int"
    case .double: "float"
    case .string: "str"
    case .list: "list"
    case .tuple: "tuple"
    case .dictionary: "dict"
    case .view(let view): view.typeName
    case .namespace: "namespace"
    case .loop: "loop"
    case .macro: "macro"
    case .function, .method: "function"
    }
  }

  /// Whether it counts as true.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .double(let value): value != 0
    case .string(let text): !text.isEmpty
    case .list(let items), .tuple(let items): !items.isEmpty
    case .dictionary(let dictionary): !dictionary.entries.isEmpty
    case .view(let view): !view.items.isEmpty
    default: true
    }
  }

  /// Whether it may be a key: what can change may not.
  var isHashable: Bool {
    switch self {
    case .list, .dictionary, .view: false
    case .tuple(let items): items.allSatisfy(\.isHashable)
    default: true
    }
  }

  var isUndefined: Bool {
    if case .undefined = self { true } else { false }
  }

  /// The number that a number or truth value stands for.
  var number: Double? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The whole number that it stands for.
  var integer: Int? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): value
    default: nil
    }
  }

  /// How many characters or items it has, without what lies in them.
  var count: Int {
    switch self {
    case .string(let text): text.count
    case .list(let items), .tuple(let items): items.count
    case .dictionary(let dictionary): dictionary.entries.count
    case .view(let view): view.items.count
    default: 0
    }
  }

  var asText: Text? {
    if case .string(let text) = self { text } else { nil }
  }

  func equals(_ other: Value) -> Bool {
    if let a = integer, let b = other.integer { return a == b }
    if let a = number, let b = other.number { return a == b }
    switch (self, other) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.string(let a), .string(let b)): return Text.same(a.glyphs, b.glyphs)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
    case (.dictionary(let a), .dictionary(let b)):
      return a.entries.count == b.entries.count
        && a.entries.allSatisfy { entry in b[entry.key].map { $0.equals(entry.value) } ?? false }
    case (.namespace(let a), .namespace(let b)): return a === b
    case (.view(let a), .view(let b)):
      return a.typeName == b.typeName && Value.list(a.items).equals(.list(b.items))
    default: return false
    }
  }

  /// Whether it comes before another in order.
  func precedes(_ other: Value) throws -> Bool {
    if let a = integer, let b = other.integer { return a < b }
    if let a = number, let b = other.number { return a < b }
    switch (self, other) {
    case (.string(let a), .string(let b)): return a.precedes(b)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      for (x, y) in zip(a, b) where !x.equals(y) { return try x.precedes(y) }
      return a.count < b.count
    default: throw ValueError("\(typeName) and \(other.typeName) have no order")
    }
  }

  /// The items that a loop goes through.
  func items() throws -> [Value] {
    switch self {
    case .undefined: []
    case .list(let items), .tuple(let items): items
    case .string(let text): text.glyphs.map { .string(Text(glyphs: [$0])) }
    case .dictionary(let dictionary): dictionary.entries.map(\.key)
    case .view(let view): view.items
    default: throw ValueError("a \(typeName) cannot be iterated over")
    }
  }
}
