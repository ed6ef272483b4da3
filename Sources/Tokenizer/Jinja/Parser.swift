/// Reads a template into statements.
struct Parser {
  private var stream: TokenStream
  private var loops = 0

  /// - Throws: `TemplateError` of kind `syntax`, `unsupported` or `limit`.
  static func parse(_ source: String) throws -> [Statement] {
    var parser = Parser(stream: TokenStream(try Lexer.tokens(of: source)))
    let statements = try parser.body(until: [])
    guard parser.stream.current == nil else {
      throw parser.stream.error("unexpected \(parser.tagName.map { "“\($0)”" } ?? parser.stream.found)")
    }
    return statements
  }

  private init(stream: TokenStream) { self.stream = stream }

  /// The name of the block tag at this place.
  private var tagName: String? {
    guard stream.current == .blockBegin, case .name(let name) = stream.next else { return nil }
    return name
  }

  /// Statements up to one of these tags (not read) or the end of the template.
  private mutating func body(until ends: [String]) throws -> [Statement] {
    try stream.enter()
    defer { stream.leave() }
    var statements: [Statement] = []
    while let token = stream.current {
      let line = stream.line
      switch token {
      case .data(let text):
        stream.advance()
        statements.append(Statement(line: line, kind: .text(Text(text))))
      case .outputBegin:
        stream.advance()
        let value = try stream.tuple()
        try stream.expect(.outputEnd)
        statements.append(Statement(line: line, kind: .output(value)))
      default:
        guard let name = tagName else { throw stream.error("expected a statement, found \(stream.found)") }
        if ends.contains(name) || name.hasPrefix("end") || name == "else" || name == "elif" { return statements }
        stream.advance()
        stream.advance()
        statements.append(Statement(line: line, kind: try statement(name, line: line)))
      }
    }
    return statements
  }

  /// Reads `{% name`, of which one must come.
  private mutating func tag(_ names: String..., opened: String, line: Int) throws -> String {
    guard let name = tagName, names.contains(name) else {
      let expected = names.map { "“\($0)”" }.joined(separator: " or ")
      throw stream.error("expected \(expected) for the “\(opened)” of line \(line), found \(tagName ?? stream.found)")
    }
    stream.advance()
    stream.advance()
    return name
  }

  private mutating func end(_ name: String, line: Int) throws {
    _ = try tag("end" + name, opened: name, line: line)
    try stream.expect(.blockEnd)
  }

  private mutating func statement(_ name: String, line: Int) throws -> Statement.Kind {
    switch name {
    case "if": return try condition(line: line)
    case "for": return try loop(line: line)
    case "set": return try assignment(line: line)
    case "macro": return try macro(line: line)
    case "call": return try callBlock(line: line)
    case "filter":
      var filters = [try stream.filterCall()]
      while stream.skip(symbol: "|") { filters.append(try stream.filterCall()) }
      try stream.expect(.blockEnd)
      let inner = try body(until: [])
      try end("filter", line: line)
      return .filter(filters, inner)
    case "generation":
      try stream.expect(.blockEnd)
      let inner = try body(until: [])
      try end("generation", line: line)
      return .block(inner)
    case "with":
      var bindings: [Statement.Binding] = []
      while stream.current != .blockEnd {
        if !bindings.isEmpty { try stream.expect(symbol: ",") }
        let name = try stream.expectName()
        try stream.expect(symbol: "=")
        bindings.append(.init(target: .name(name), value: try stream.expression()))
      }
      try stream.expect(.blockEnd)
      let inner = try body(until: [])
      try end("with", line: line)
      return .with(bindings, inner)
    case "break", "continue":
      guard loops > 0 else { throw stream.error("“\(name)” outside of a loop") }
      try stream.expect(.blockEnd)
      return name == "break" ? .leave : .skip
    default:
      throw TemplateError(
        .unsupported,
        "no statement named “\(name)”; there are if, for, set, with, macro, call, filter, generation, raw",
        line: line)
    }
  }

  private mutating func condition(line: Int) throws -> Statement.Kind {
    var branches: [Statement.Branch] = []
    var otherwise: [Statement] = []
    var name = "if"
    while name == "if" || name == "elif" {
      let condition = try stream.tuple()
      try stream.expect(.blockEnd)
      branches.append(.init(condition: condition, body: try body(until: [])))
      name = try tag("elif", "else", "endif", opened: "if", line: line)
    }
    if name == "else" {
      try stream.expect(.blockEnd)
      otherwise = try body(until: [])
      _ = try tag("endif", opened: "if", line: line)
    }
    try stream.expect(.blockEnd)
    return .condition(branches, otherwise: otherwise)
  }

  private mutating func loop(line: Int) throws -> Statement.Kind {
    let target = try self.target(allowsAttribute: false)
    try stream.expect(name: "in")
    // Without `if else`: here `if` filters the items.
    var items = try stream.or()
    if stream.isSymbol(",") {
      var all = [items]
      while stream.skip(symbol: ",") { all.append(try stream.or()) }
      items = Expression(line: line, kind: .tuple(all))
    }
    let condition = stream.skip(name: "if") ? try stream.expression() : nil
    let isRecursive = stream.skip(name: "recursive")
    try stream.expect(.blockEnd)
    loops += 1
    let inner = try body(until: [])
    loops -= 1
    var otherwise: [Statement] = []
    if try tag("else", "endfor", opened: "for", line: line) == "else" {
      try stream.expect(.blockEnd)
      otherwise = try body(until: [])
      _ = try tag("endfor", opened: "for", line: line)
    }
    try stream.expect(.blockEnd)
    return .loop(
      .init(
        target: target, items: items, condition: condition, isRecursive: isRecursive, body: inner,
        otherwise: otherwise))
  }

  private static let constants: Set = ["true", "false", "none", "True", "False", "None"]

  private mutating func target(allowsAttribute: Bool) throws -> Statement.Target {
    var targets: [Statement.Target] = []
    var isTuple = false
    repeat {
      if stream.skip(symbol: "(") {
        targets.append(try target(allowsAttribute: false))
        try stream.expect(symbol: ")")
      } else {
        let name = try stream.expectName()
        guard !Self.constants.contains(name), allowsAttribute || name != "loop" else {
          throw stream.error("“\(name)” cannot be set")
        }
        if allowsAttribute, stream.skip(symbol: ".") {
          return .attribute(name, try stream.expectName())
        }
        targets.append(.name(name))
      }
      if stream.isSymbol(",") { isTuple = true }
    } while stream.skip(symbol: ",")
    return isTuple ? .tuple(targets) : targets[0]
  }

  private mutating func assignment(line: Int) throws -> Statement.Kind {
    let target = try self.target(allowsAttribute: true)
    if stream.skip(symbol: "=") {
      let value = try stream.tuple()
      try stream.expect(.blockEnd)
      return .assign(target, value)
    }
    var filters: [(name: String, arguments: Expression.Arguments)] = []
    while stream.skip(symbol: "|") { filters.append(try stream.filterCall()) }
    try stream.expect(.blockEnd)
    let inner = try body(until: [])
    try end("set", line: line)
    return .capture(target, filters: filters, inner)
  }

  private mutating func parameters() throws -> [(name: String, value: Expression?)] {
    var parameters: [(name: String, value: Expression?)] = []
    try stream.expect(symbol: "(")
    while !stream.skip(symbol: ")") {
      if !parameters.isEmpty { try stream.expect(symbol: ",") }
      let name = try stream.expectName()
      guard !parameters.contains(where: { $0.name == name }) else { throw stream.error("two parameters “\(name)”") }
      let value = stream.skip(symbol: "=") ? try stream.expression() : nil
      guard value != nil || parameters.last?.value == nil else {
        throw stream.error("the parameter “\(name)” without a default after one that has one")
      }
      parameters.append((name, value))
    }
    return parameters
  }

  private mutating func macro(line: Int) throws -> Statement.Kind {
    let name = try stream.expectName()
    let parameters = try self.parameters()
    try stream.expect(.blockEnd)
    let outer = loops
    loops = 0
    defer { loops = outer }
    let start = stream.place
    let inner = try body(until: [])
    let catches = stream.names(from: start).intersection(["varargs", "kwargs", "caller"])
    try end("macro", line: line)
    return .macro(.init(name: name, parameters: parameters, body: inner, catches: catches))
  }

  private mutating func callBlock(line: Int) throws -> Statement.Kind {
    let parameters = stream.isSymbol("(") ? try self.parameters() : []
    let call = try stream.expression()
    guard case .call = call.kind else { throw stream.error("expected a call after “call”") }
    try stream.expect(.blockEnd)
    let start = stream.place
    let inner = try body(until: [])
    let catches = stream.names(from: start).intersection(["varargs", "kwargs", "caller"])
    try end("call", line: line)
    return .callBlock(.init(name: "caller", parameters: parameters, body: inner, catches: catches), call: call)
  }
}
