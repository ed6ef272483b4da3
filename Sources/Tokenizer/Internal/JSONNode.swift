/// A JSON value that knows its file and its path, so that every complaint says where.
struct JSONNode {
  let value: OrderedJSON
  let file: String
  let path: String

  var isNull: Bool { value.isNull }

  /// The value of a key; `nil` when it is missing or null.
  subscript(key: String) -> JSONNode? {
    guard let member = value[key], !member.isNull else { return nil }
    return JSONNode(value: member, file: file, path: path.isEmpty ? key : "\(path).\(key)")
  }

  func require(_ key: String, _ expected: String) throws -> JSONNode {
    guard let node = self[key] else {
      throw TokenizerError.unexpectedValue(
        file: file, path: path.isEmpty ? key : "\(path).\(key)", expected: expected, found: "nothing")
    }
    return node
  }

  func wrong(_ expected: String) -> TokenizerError {
    .unexpectedValue(file: file, path: path, expected: expected, found: value.kind)
  }

  func unsupported(_ found: String, _ supported: [String]) -> TokenizerError {
    .unsupported(file: file, path: path, found: found, supported: supported)
  }

  func string() throws -> String {
    guard let text = value.string else { throw wrong("a text") }
    return text
  }

  func bool() throws -> Bool {
    guard let flag = value.bool else { throw wrong("true or false") }
    return flag
  }

  func int() throws -> Int {
    guard let number = value.int else { throw wrong("a whole number") }
    return number
  }

  func array() throws -> [JSONNode] {
    guard let items = value.array else { throw wrong("a list") }
    return items.enumerated().map { JSONNode(value: $1, file: file, path: "\(path)[\($0)]") }
  }

  /// A token's content: a text, or an object that has it under `content`.
  func tokenContent() throws -> String {
    if let text = value.string { return text }
    return try require("content", "a token's text").string()
  }

  /// The `type` of a component.
  func kind() throws -> String { try require("type", "a text").string() }

  /// The steps of a `Sequence`, however deep; any other step alone.
  func flattened(_ key: String) throws -> [JSONNode] {
    guard try kind() == "Sequence" else { return [self] }
    return try require(key, "a list").array().flatMap { try $0.flattened(key) }
  }

  /// A number that is not negative, 0 when it is missing.
  func count(_ key: String) throws -> Int {
    guard let node = self[key] else { return 0 }
    let number = try node.int()
    guard number >= 0, number < 1 << 16 else { throw node.wrong("a small count") }
    return number
  }

  /// An optional flag with its default.
  func flag(_ key: String, default value: Bool) throws -> Bool { try self[key]?.bool() ?? value }
}
