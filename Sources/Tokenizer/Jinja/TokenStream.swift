/// The tokens of a template, read one after the other, with a bound on how deep they nest.
struct TokenStream {
  /// Deeper nesting is refused: no published template needs it, and the stack is finite.
  static let maximumDepth = 100
  /// Longer chains (`a + b + c ...`) are refused: each link is a level of the tree.
  static let maximumChain = 1000

  private let tokens: [Lexer.Token]
  private var position = 0
  private var depth = 0

  init(_ tokens: [Lexer.Token]) { self.tokens = tokens }

  var current: Lexer.Token.Kind? { position < tokens.count ? tokens[position].kind : nil }
  var next: Lexer.Token.Kind? { position + 1 < tokens.count ? tokens[position + 1].kind : nil }
  var line: Int { position < tokens.count ? tokens[position].line : tokens.last?.line ?? 1 }

  /// How many tokens are behind.
  var place: Int { position }

  /// The names that stand in the tokens from a place up to this one, but for attributes.
  func names(from start: Int) -> Set<String> {
    var names: Set<String> = []
    for index in start..<min(position, tokens.count) {
      if case .name(let name) = tokens[index].kind, index == 0 || tokens[index - 1].kind != .symbol(".") {
        names.insert(name)
      }
    }
    return names
  }

  mutating func advance() { position += 1 }

  func error(_ message: String, _ kind: TemplateError.Kind = .syntax) -> TemplateError {
    TemplateError(kind, message, line: line)
  }

  func isSymbol(_ symbol: String) -> Bool { current == .symbol(symbol) }
  func isName(_ name: String) -> Bool { current == .name(name) }

  mutating func skip(symbol: String) -> Bool {
    guard isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func skip(name: String) -> Bool {
    guard isName(name) else { return false }
    advance()
    return true
  }

  mutating func expect(symbol: String) throws {
    guard skip(symbol: symbol) else { throw error("expected “\(symbol)”, found \(found)") }
  }

  mutating func expect(name: String) throws {
    guard skip(name: name) else { throw error("expected “\(name)”, found \(found)") }
  }

  mutating func expectName() throws -> String {
    guard case .name(let name) = current else { throw error("expected a name, found \(found)") }
    advance()
    return name
  }

  mutating func expect(_ kind: Lexer.Token.Kind) throws {
    guard current == kind else { throw error("expected the end of the tag, found \(found)") }
    advance()
  }

  mutating func enter() throws {
    depth += 1
    guard depth <= Self.maximumDepth else { throw error("nested deeper than \(Self.maximumDepth) levels", .limit) }
  }

  mutating func leave() { depth -= 1 }

  func checkChain(_ length: Int) throws {
    guard length <= Self.maximumChain else {
      throw error("an expression of more than \(Self.maximumChain) parts", .limit)
    }
  }

  /// The current token in words.
  var found: String {
    switch current {
    case .none: "the end of the template"
    case .data: "text"
    case .blockBegin: "“{%”"
    case .blockEnd: "“%}”"
    case .outputBegin: "“{{”"
    case .outputEnd: "“}}”"
    case .name(let name), .symbol(let name): "“\(name)”"
    case .string(let text): "the text “\(text.prefix(40))”"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    }
  }
}
