/// Reads an expression by recursive descent: one function for each level of binding.
struct ExpressionParser {
  /// Deeper expressions than anyone writes; it keeps hostile text from exhausting the stack.
  private static let deepest = 100
  /// Longer expressions than anyone writes: a chain of operators is as deep a tree as it has terms.
  private static let longest = 1_000

  private let tokens: [Lexer.Token]
  private let locations: [SourceLocation]
  private var position = 0
  private var depth = 0
  private var terms = 0

  /// - Parameter locations: Where each scalar of the text stands, and after the last one the end.
  init(_ text: String, locations: [SourceLocation]) {
    var lexer = Lexer(text)
    var tokens: [Lexer.Token] = []
    while let token = lexer.next() { tokens.append(token) }
    self.tokens = tokens
    self.locations = locations
  }

  /// The whole text as one expression.
  mutating func parse() throws(Problem) -> Expression.Node {
    guard !tokens.isEmpty else {
      throw Problem("the expression is empty", at: here, expected: "expected: a name, such as probe.best.auroc")
    }
    let node = try any()
    guard position == tokens.count else { throw unexpected("an operator or the end of the expression") }
    return node
  }

  // MARK: Levels, from loosest to tightest

  private mutating func any() throws(Problem) -> Expression.Node {
    var left = try all()
    while take(word: "or") { left = Expression.Node(kind: .any(left, try all()), location: left.location) }
    return left
  }

  private mutating func all() throws(Problem) -> Expression.Node {
    var left = try not()
    while take(word: "and") { left = Expression.Node(kind: .all(left, try not()), location: left.location) }
    return left
  }

  private mutating func not() throws(Problem) -> Expression.Node {
    let start = here
    guard take(word: "not") else { return try comparison() }
    try enter()
    defer { depth -= 1 }
    return Expression.Node(kind: .not(try not()), location: start)
  }

  private mutating func comparison() throws(Problem) -> Expression.Node {
    let left = try sum()
    guard let comparison = takeComparison() else {
      if case .symbol("=") = peek { throw unexpected("“==” to compare") }
      return left
    }
    let node = Expression.Node(kind: .compare(comparison, left, try sum()), location: left.location)
    let second = here
    if takeComparison() != nil {
      throw Problem(
        "a comparison cannot be chained", at: second, help: "write “a < b and b < c” instead of “a < b < c”")
    }
    return node
  }

  private mutating func sum() throws(Problem) -> Expression.Node {
    var left = try product()
    while let sign = take(symbols: ["+", "-"]), let operation = Expression.Arithmetic(rawValue: sign) {
      left = Expression.Node(kind: .arithmetic(operation, left, try product()), location: left.location)
    }
    return left
  }

  private mutating func product() throws(Problem) -> Expression.Node {
    var left = try sign()
    while let symbol = take(symbols: ["*", "/"]), let operation = Expression.Arithmetic(rawValue: symbol) {
      left = Expression.Node(kind: .arithmetic(operation, left, try sign()), location: left.location)
    }
    return left
  }

  private mutating func sign() throws(Problem) -> Expression.Node {
    let start = here
    guard take(symbols: ["-"]) != nil else { return try primary() }
    try enter()
    defer { depth -= 1 }
    return Expression.Node(kind: .negate(try sign()), location: start)
  }

  private mutating func primary() throws(Problem) -> Expression.Node {
    let start = here
    try enter()
    defer { depth -= 1 }
    if peek != .symbol("(") { try count() }
    switch peek {
    case .number(let value):
      position += 1
      return Expression.Node(kind: .number(value), location: start)
    case .text(let text):
      position += 1
      return Expression.Node(kind: .text(text), location: start)
    case .symbol("("):
      position += 1
      let inner = try any()
      try expect(")", closing: start)
      return inner
    case .name(let name) where !["and", "or", "not"].contains(name):
      position += 1
      if name == "true" || name == "false" { return Expression.Node(kind: .bool(name == "true"), location: start) }
      if case .symbol("(") = peek { return try call(name, at: start) }
      return Expression.Node(kind: .path(Path(name, try steps())), location: start)
    case .unterminatedText: throw Problem("a quoted text has no closing quote", at: start)
    default: throw unexpected("a number, a name or “(”")
    }
  }

  private mutating func call(_ name: String, at start: SourceLocation) throws(Problem) -> Expression.Node {
    guard let function = Expression.Function(rawValue: name) else {
      throw Problem.unknown(
        name, kind: "function", allowed: Expression.Function.allCases.map(\.rawValue), at: start)
    }
    let opening = here
    position += 1
    var arguments = [try any()]
    while take(symbols: [","]) != nil { arguments.append(try any()) }
    try expect(")", closing: opening)
    if function == .abs, arguments.count != 1 {
      throw Problem("abs has \(arguments.count) arguments", at: start, expected: "expected: one argument")
    }
    return Expression.Node(kind: .call(function, arguments), location: start)
  }

  private mutating func steps() throws(Problem) -> [Path.Step] {
    var steps: [Path.Step] = []
    while true {
      let opening = here
      if take(symbols: ["."]) != nil {
        guard case .name(let name) = peek else { throw unexpected("a name after “.”") }
        position += 1
        steps.append(.name(name))
      } else if take(symbols: ["["]) != nil {
        let negative = take(symbols: ["-"]) != nil
        switch peek {
        case .number(let value):
          guard let index = Int(exactly: negative ? -value : value) else { throw unexpected("a whole number") }
          steps.append(.index(index))
        case .text(let key) where !negative: steps.append(.name(key))
        default: throw unexpected("an index, such as [3] or [\"name\"]")
        }
        position += 1
        try expect("]", closing: opening)
      } else {
        return steps
      }
    }
  }

  // MARK: Tokens

  private var peek: Lexer.TokenKind? { position < tokens.count ? tokens[position].kind : nil }

  /// Where the next token starts, or where the text ends.
  private var here: SourceLocation {
    locations[position < tokens.count ? tokens[position].range.lowerBound : locations.count - 1]
  }

  private mutating func take(word: String) -> Bool {
    guard peek == .name(word) else { return false }
    position += 1
    return true
  }

  private mutating func take(symbols: [String]) -> String? {
    guard case .symbol(let symbol) = peek, symbols.contains(symbol) else { return nil }
    position += 1
    return symbol
  }

  private mutating func takeComparison() -> Expression.Comparison? {
    take(symbols: Expression.Comparison.allCases.map(\.rawValue)).flatMap(Expression.Comparison.init(rawValue:))
  }

  private mutating func expect(_ symbol: String, closing opening: SourceLocation) throws(Problem) {
    guard take(symbols: [symbol]) == nil else { return }
    throw unexpected("“\(symbol)” to close the bracket at column \(opening.column)")
  }

  private mutating func enter() throws(Problem) {
    depth += 1
    if depth > Self.deepest { throw Problem("the expression is nested more than \(Self.deepest) deep", at: here) }
  }

  private mutating func count() throws(Problem) {
    terms += 1
    if terms > Self.longest { throw Problem("the expression has more than \(Self.longest) terms", at: here) }
  }

  private func unexpected(_ expected: String) -> Problem {
    let found =
      switch peek {
      case nil: "the expression ends here"
      case .number(let value): "unexpected number \(NumberFormat.standard(Quantity(value)))"
      case .name(let name): "unexpected word “\(name)”"
      case .text(let text): "unexpected text “\(text)”"
      case .symbol(let symbol): "unexpected “\(symbol)”"
      case .unterminatedText: "a quoted text has no closing quote"
      case .unknown(let scalar): "unexpected “\(scalar)”"
      }
    return Problem(found, at: here, expected: "expected: \(expected)")
  }
}

extension Expression {
  /// Reads an expression that stands on one line.
  ///
  /// - Throws: A ``Problem`` at the place in the text where reading stopped.
  public init(_ text: String, at location: SourceLocation) throws(Problem) {
    let locations = (0...text.unicodeScalars.count).map {
      SourceLocation(file: location.file, line: location.line, column: location.column + $0)
    }
    try self.init(text, locations: locations)
  }

  /// The expression that is one name, as a default that no document wrote.
  public init(naming name: Path) {
    let nowhere = SourceLocation(file: "", line: 1, column: 1)
    self.init(root: Node(kind: .path(name), location: nowhere), source: "\(name)", location: nowhere)
  }

  /// Reads an expression whose scalars stand at the given places, with one more for the end.
  init(_ text: String, locations: [SourceLocation]) throws(Problem) {
    var parser = ExpressionParser(text, locations: locations)
    self.init(root: try parser.parse(), source: text, location: locations[0])
  }
}
