/// Runs a template. It can reach nothing but the values that it is given, and stops after a number of steps.
final class Evaluator {
  let clock: TemplateClock
  private var steps = 0
  var characters = 0
  var items = 0
  var work = 0
  private var calls = 0
  var output = Text()
  /// What was made that can refer to itself.
  private var emptied: [any Emptied] = []

  /// How a list of statements came to its end.
  private enum Outcome {
    case finished, left, skipped
  }

  init(clock: TemplateClock) { self.clock = clock }

  /// Renders statements with global variables.
  func render(_ statements: [Statement], variables: [String: Value]) throws -> Text {
    // A macro knows the scope that knows the macro: without this they would keep each other for ever. One by one, so
    // that a long chain of them is not let go of by a deep recursion.
    defer {
      for object in emptied { object.empty() }
      emptied = []
    }
    _ = try run(statements, Scope(variables))
    return output
  }

  /// Remembers to empty an object when the rendering is over.
  func remember(_ object: some Emptied) { emptied.append(object) }

  /// Adds the line to an error that does not know it.
  func located<T>(_ line: Int, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as ValueError {
      throw TemplateError(error.kind, error.message, line: line)
    }
  }

  func step(_ line: Int) throws {
    steps += 1
    guard steps <= Self.maximumSteps else {
      throw TemplateError(.limit, "more than \(Self.maximumSteps) steps: the template may loop for ever", line: line)
    }
  }

  private func write(_ text: Text) throws {
    try made(text.count)
    output.glyphs += text.glyphs
  }

  /// Runs statements with an output of their own.
  private func captured(_ body: () throws -> Void) throws -> Text {
    let outer = output
    output = Text()
    defer { output = outer }
    try body()
    return output
  }

  private func run(_ statements: [Statement], _ scope: Scope) throws -> Outcome {
    for statement in statements {
      try step(statement.line)
      let outcome = try located(statement.line) { try run(statement, scope) }
      if outcome != .finished { return outcome }
    }
    return .finished
  }

  private func run(_ statement: Statement, _ scope: Scope) throws -> Outcome {
    switch statement.kind {
    case .text(let text): try write(text)
    case .output(let expression):
      let value = try evaluate(expression, scope)
      try announce(value)
      try write(value.written)
    case .condition(let branches, let otherwise):
      for branch in branches where try evaluate(branch.condition, scope).isTrue { return try run(branch.body, scope) }
      return try run(otherwise, scope)
    case .loop(let loop): try run(loop, items: try evaluate(loop.items, scope), depth: 0, scope)
    case .assign(let target, let expression): try assign(target, try evaluate(expression, scope), scope)
    case .capture(let target, let filters, let body):
      let text = try captured { _ = try run(body, Scope(parent: scope)) }
      try assign(target, try apply(filters, to: .string(text), scope), scope)
    case .filter(let filters, let body):
      let text = try captured { _ = try run(body, Scope(parent: scope)) }
      let value = try apply(filters, to: .string(text), scope)
      try announce(value)
      try write(value.written)
    case .macro(let definition):
      scope.set(definition.name, .macro(Macro(definition, scope: scope)))
      remember(scope)
    case .callBlock(let definition, let call):
      guard case .call(let callee, var arguments) = call.kind else { return .finished }
      let inner = Scope(["caller": .macro(Macro(definition, scope: scope))], parent: scope)
      remember(inner)
      arguments.named.append(("caller", Expression(line: call.line, kind: .name("caller"))))
      let value = try evaluate(Expression(line: call.line, kind: .call(callee, arguments)), inner)
      try announce(value)
      try write(value.written)
    case .with(let bindings, let body):
      let inner = Scope(parent: scope)
      for binding in bindings { try assign(binding.target, try evaluate(binding.value, scope), inner) }
      return try run(body, inner)
    case .block(let body): return try run(body, Scope(parent: scope))
    case .leave: return .left
    case .skip: return .skipped
    }
    return .finished
  }

  private func apply(
    _ filters: [(name: String, arguments: Expression.Arguments)], to value: Value, _ scope: Scope
  ) throws -> Value {
    var value = value
    for filter in filters {
      value = try kept(try Filters.apply(filter.name, to: value, try arguments(filter.arguments, scope), self))
    }
    return value
  }

  private func assign(_ target: Statement.Target, _ value: Value, _ scope: Scope) throws {
    switch target {
    case .name(let name): scope.set(name, value)
    case .attribute(let name, let attribute):
      guard case .namespace(let namespace) = scope.find(name) else {
        throw ValueError("“\(name)” is no namespace, so “\(name).\(attribute)” cannot be set")
      }
      try Value.Namespace.check(attribute)
      namespace.variables[attribute] = value
    case .tuple(let targets):
      let items = try items(of: value)
      guard items.count == targets.count else {
        throw ValueError("\(targets.count) names for \(items.count) values")
      }
      for (target, item) in zip(targets, items) { try assign(target, item, scope) }
    }
  }

  // MARK: Loops and macros

  func run(_ statement: Statement.ForLoop, items value: Value, depth: Int, _ scope: Scope) throws {
    var items = try items(of: value)
    if let condition = statement.condition {
      items = try items.filter { item in
        let inner = Scope(parent: scope)
        try assign(statement.target, item, inner)
        return try evaluate(condition, inner).isTrue
      }
    }
    guard !items.isEmpty else {
      _ = try run(statement.otherwise, Scope(parent: scope))
      return
    }
    let loop = Loop(items: items, depth: depth, statement: statement, scope: scope)
    remember(loop)
    for (index, item) in items.enumerated() {
      try step(statement.items.line)
      loop.index = index
      let inner = Scope(["loop": .loop(loop)], parent: scope)
      try assign(statement.target, item, inner)
      if try run(statement.body, inner) == .left { break }
    }
  }

  /// Runs a recursive loop once more on other items.
  func recurse(_ loop: Loop, _ value: Value) throws -> Value {
    guard loop.statement.isRecursive else { throw ValueError("the loop is not marked “recursive”") }
    return try deeper {
      .string(try captured { try run(loop.statement, items: value, depth: loop.depth + 1, loop.scope) })
    }
  }

  func call(_ macro: Macro, _ arguments: Arguments) throws -> Value {
    let definition = macro.definition
    let scope = Scope(parent: macro.scope)
    var named = arguments.named
    for (index, parameter) in definition.parameters.enumerated() {
      try worked(named.entries.count)
      if index < arguments.positional.count {
        scope.set(parameter.name, arguments.positional[index])
      } else if let value = named.removeValue(forKey: parameter.name) {
        scope.set(parameter.name, value)
      } else if let value = parameter.value {
        scope.set(parameter.name, try evaluate(value, scope))
      } else {
        scope.set(parameter.name, .undefined("parameter “\(parameter.name)” was not given"))
      }
    }
    if definition.catches.contains("caller") {
      scope.set(
        "caller", named.removeValue(forKey: "caller") ?? .undefined("the macro was not called by a “call” block"))
    }
    let extra = arguments.positional.dropFirst(definition.parameters.count)
    if definition.catches.contains("varargs") {
      scope.set("varargs", try kept(.tuple(Array(extra))))
    } else if !extra.isEmpty {
      throw ValueError("the macro “\(definition.name)” takes \(definition.parameters.count) values, not more")
    }
    if definition.catches.contains("kwargs") {
      var rest = Value.Dictionary()
      for (name, value) in named.entries {
        try seek(.text(name), among: rest.entries.count)
        rest.set(.text(name), value)
      }
      scope.set("kwargs", try kept(.dictionary(rest)))
    } else if let name = named.entries.first?.name {
      throw ValueError("the macro “\(definition.name)” takes no “\(name)”")
    }
    return try deeper { .string(try captured { _ = try run(definition.body, scope) }) }
  }

  private func deeper(_ body: () throws -> Value) throws -> Value {
    calls += 1
    defer { calls -= 1 }
    guard calls <= Self.maximumCalls else {
      throw ValueError("macros call each other more than \(Self.maximumCalls) deep", kind: .limit)
    }
    return try body()
  }
}

/// What a function, filter or method is given.
struct Arguments {
  var positional: [Value] = []
  var named = Named()

  /// Values by name, in the order in which they are given.
  struct Named {
    private(set) var entries: [(name: String, value: Value)] = []

    subscript(name: String) -> Value? {
      get { entries.first { $0.name == name }?.value }
      set {
        entries.removeAll { $0.name == name }
        if let newValue { entries.append((name, newValue)) }
      }
    }

    mutating func removeValue(forKey name: String) -> Value? {
      defer { self[name] = nil }
      return self[name]
    }
  }

  /// The argument at a place or of a name.
  subscript(index: Int, name: String) -> Value? {
    index < positional.count ? positional[index] : named[name]
  }
}
