/// Reads expressions. Precedence as in Jinja 3: `if else`, `or`, `and`, `not`, comparisons, `+ -`, `~`, `* / // %`,
/// unary signs, `**`, then attributes, calls, filters and tests, which bind closest.
extension TokenStream {
  mutating func expression() throws -> Expression {
    try enter()
    defer { leave() }
    let line = line
    var result = try or()
    var links = 0
    while skip(name: "if") {
      let condition = try or()
      let otherwise = skip(name: "else") ? try expression() : nil
      result = Expression(line: line, kind: .conditional(condition, then: result, otherwise: otherwise))
      links += 1
      try checkChain(links)
    }
    return result
  }

  /// One expression, or several with commas between them: a tuple.
  mutating func tuple() throws -> Expression {
    let line = line
    let first = try expression()
    guard isSymbol(",") else { return first }
    var items = [first]
    while skip(symbol: ",") {
      if current == .blockEnd || current == .outputEnd || isSymbol(")") { break }
      items.append(try expression())
    }
    return Expression(line: line, kind: .tuple(items))
  }

  private mutating func chain(
    _ operand: (inout TokenStream) throws -> Expression,
    _ link: (inout TokenStream) -> ((Expression, Expression) -> Expression.Kind)?
  ) throws -> Expression {
    let line = line
    var left = try operand(&self)
    var links = 0
    while let make = link(&self) {
      left = Expression(line: line, kind: make(left, try operand(&self)))
      links += 1
      try checkChain(links)
    }
    return left
  }

  mutating func or() throws -> Expression {
    try chain({ try $0.and() }, { $0.skip(name: "or") ? { .or($0, $1) } : nil })
  }

  private mutating func and() throws -> Expression {
    try chain({ try $0.not() }, { $0.skip(name: "and") ? { .and($0, $1) } : nil })
  }

  private mutating func not() throws -> Expression {
    guard isName("not") else { return try comparison() }
    let line = line
    advance()
    try enter()
    defer { leave() }
    return Expression(line: line, kind: .not(try not()))
  }

  private mutating func comparison() throws -> Expression {
    let line = line
    let left = try sum()
    var links: [Expression.Comparison] = []
    while let relation = relation() { links.append(.init(relation: relation, right: try sum())) }
    return links.isEmpty ? left : Expression(line: line, kind: .compare(left, links))
  }

  private mutating func relation() -> Expression.Relation? {
    if case .symbol(let symbol) = current, let relation = Expression.Relation(rawValue: symbol) {
      advance()
      return relation
    }
    if skip(name: "in") { return .isIn }
    if isName("not"), next == .name("in") {
      advance()
      advance()
      return .notIn
    }
    return nil
  }

  private mutating func binary(
    _ symbols: [String], _ operand: (inout TokenStream) throws -> Expression
  ) throws -> Expression {
    try chain(operand) { stream in
      guard case .symbol(let symbol) = stream.current, symbols.contains(symbol),
        let kind = Expression.Operator(rawValue: symbol)
      else { return nil }
      stream.advance()
      return { .binary(kind, $0, $1) }
    }
  }

  private mutating func sum() throws -> Expression {
    try binary(["+", "-"]) { try $0.binary(["~"]) { try $0.product() } }
  }

  private mutating func product() throws -> Expression {
    try binary(["*", "/", "//", "%"]) { try $0.binary(["**"]) { try $0.unary(withFilters: true) } }
  }

  private mutating func unary(withFilters: Bool) throws -> Expression {
    try enter()
    defer { leave() }
    let line = line
    var result: Expression
    if skip(symbol: "-") {
      result = Expression(line: line, kind: .negative(try unary(withFilters: false)))
    } else if skip(symbol: "+") {
      result = Expression(line: line, kind: .positive(try unary(withFilters: false)))
    } else {
      result = try primary()
    }
    result = try postfix(result)
    return withFilters ? try filtersAndTests(result) : result
  }

  private mutating func primary() throws -> Expression {
    let line = line
    func make(_ kind: Expression.Kind) -> Expression { Expression(line: line, kind: kind) }
    guard let token = current else { throw error("expected an expression, found \(found)") }
    switch token {
    case .name(let name):
      advance()
      switch name {
      case "true", "True": return make(.bool(true))
      case "false", "False": return make(.bool(false))
      case "none", "None": return make(.none)
      default: return make(.name(name))
      }
    case .string:
      // Texts that stand side by side are one.
      var text = ""
      while case .string(let part) = current {
        text.unicodeScalars.append(contentsOf: part.unicodeScalars)
        advance()
      }
      return make(.text(Text(text)))
    case .int(let value):
      advance()
      return make(.int(value))
    case .double(let value):
      advance()
      return make(.double(value))
    case .symbol("("):
      advance()
      if skip(symbol: ")") { return make(.tuple([])) }
      let inner = try tuple()
      try expect(symbol: ")")
      return inner
    case .symbol("["):
      advance()
      return make(.list(try items(until: "]")))
    case .symbol("{"):
      advance()
      return make(.dictionary(try pairs()))
    default: throw error("expected an expression, found \(found)")
    }
  }

  private mutating func items(until end: String) throws -> [Expression] {
    var items: [Expression] = []
    while !skip(symbol: end) {
      if !items.isEmpty {
        try expect(symbol: ",")
        if skip(symbol: end) { break }
      }
      items.append(try expression())
    }
    return items
  }

  private mutating func pairs() throws -> [Expression.Pair] {
    var pairs: [Expression.Pair] = []
    while !skip(symbol: "}") {
      if !pairs.isEmpty {
        try expect(symbol: ",")
        if skip(symbol: "}") { break }
      }
      let key = try expression()
      try expect(symbol: ":")
      pairs.append(.init(key: key, value: try expression()))
    }
    return pairs
  }

  mutating func postfix(_ base: Expression) throws -> Expression {
    var result = base
    var links = 0
    while true {
      links += 1
      try checkChain(links)
      let line = line
      if skip(symbol: ".") {
        if case .int(let index) = current {
          advance()
          result = Expression(line: line, kind: .item(result, Expression(line: line, kind: .int(index))))
        } else {
          result = Expression(line: line, kind: .attribute(result, try expectName()))
        }
      } else if skip(symbol: "[") {
        result = Expression(line: line, kind: try subscripted(result))
        try expect(symbol: "]")
      } else if skip(symbol: "(") {
        result = Expression(line: line, kind: .call(result, try arguments()))
      } else {
        return result
      }
    }
  }

  private mutating func subscripted(_ base: Expression) throws -> Expression.Kind {
    var from: Expression?
    if !isSymbol(":") {
      let index = try tuple()
      guard isSymbol(":") else { return .item(base, index) }
      from = index
    }
    try expect(symbol: ":")
    let to = isSymbol(":") || isSymbol("]") ? nil : try expression()
    let step = skip(symbol: ":") && !isSymbol("]") ? try expression() : nil
    return .slice(base, from: from, to: to, step: step)
  }

  /// What stands between the parentheses of a call, its end included.
  mutating func arguments() throws -> Expression.Arguments {
    var arguments = Expression.Arguments()
    var isFirst = true
    while !skip(symbol: ")") {
      if !isFirst {
        try expect(symbol: ",")
        if skip(symbol: ")") { break }
      }
      isFirst = false
      if isSymbol("*") || isSymbol("**") { throw error("“*” in a call", .unsupported) }
      if case .name(let name) = current, next == .symbol("=") {
        advance()
        advance()
        arguments.named.append((name, try expression()))
      } else {
        guard arguments.named.isEmpty else { throw error("an argument without a name after one with a name") }
        arguments.positional.append(try expression())
      }
    }
    return arguments
  }

  mutating func filtersAndTests(_ base: Expression) throws -> Expression {
    var result = base
    var links = 0
    while true {
      links += 1
      try checkChain(links)
      let line = line
      if skip(symbol: "|") {
        let (name, arguments) = try filterCall()
        result = Expression(line: line, kind: .filter(result, name, arguments))
      } else if skip(name: "is") {
        result = try test(of: result, line: line)
      } else if skip(symbol: "(") {
        result = Expression(line: line, kind: .call(result, try arguments()))
      } else {
        return result
      }
    }
  }

  mutating func filterCall() throws -> (name: String, arguments: Expression.Arguments) {
    let line = line
    let name = try expectName()
    guard Filters.names.contains(name) else {
      throw TemplateError(.unsupported, "no filter named “\(name)”", line: line)
    }
    return (name, skip(symbol: "(") ? try arguments() : .init())
  }

  private mutating func test(of base: Expression, line: Int) throws -> Expression {
    let negated = skip(name: "not")
    // `none`, `true` and `false` are names of tests too.
    let name = try expectName()
    guard Tests.names.contains(name) else {
      throw TemplateError(.unsupported, "no test named “\(name)”", line: line)
    }
    var parameters: [Expression] = []
    if skip(symbol: "(") {
      parameters = try arguments().positional
    } else {
      let takesOne: Bool =
        switch current {
        case .string, .int, .double, .symbol("("), .symbol("["), .symbol("{"): true
        case .name(let word): !["else", "or", "and", "is", "if", "in", "not"].contains(word)
        default: false
        }
      if takesOne {
        let parameter = try primary()
        parameters = [try postfix(parameter)]
      }
    }
    let result = Expression(line: line, kind: .test(base, name, parameters))
    return negated ? Expression(line: line, kind: .not(result)) : result
  }
}
