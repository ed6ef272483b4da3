extension Evaluator {
  func evaluate(_ expression: Expression, _ scope: Scope) throws -> Value {
    try step(expression.line)
    return try located(expression.line) { try value(of: expression, scope) }
  }

  func arguments(_ arguments: Expression.Arguments, _ scope: Scope) throws -> Arguments {
    var result = Arguments()
    result.positional = try arguments.positional.map { try evaluate($0, scope) }
    for argument in arguments.named {
      try worked(result.named.entries.count)
      result.named[argument.name] = try evaluate(argument.value, scope)
    }
    return result
  }

  private func value(of expression: Expression, _ scope: Scope) throws -> Value {
    switch expression.kind {
    case .text(let text): return .string(text)
    case .int(let value): return .int(value)
    case .double(let value): return .double(value)
    case .bool(let value): return .bool(value)
    case .none: return .none
    case .name(let name):
      if let value = scope.find(name) { return value }
      return Functions.names.contains(name) ? .function(name) : .undefined("“\(name)” is not defined")
    case .list(let items): return try kept(.list(try items.map { try evaluate($0, scope) }))
    case .tuple(let items): return try kept(.tuple(try items.map { try evaluate($0, scope) }))
    case .dictionary(let pairs):
      var dictionary = Value.Dictionary()
      for pair in pairs {
        let key = try evaluate(pair.key, scope)
        guard key.isHashable else { throw ValueError("a \(key.typeName) cannot be a key") }
        try seek(key, among: dictionary.entries.count)
        dictionary.set(key, try evaluate(pair.value, scope))
      }
      return try kept(.dictionary(dictionary))
    case .attribute(let base, let name): return try Lookup.attribute(name, of: try evaluate(base, scope), self)
    case .item(let base, let index):
      return try Lookup.item(try evaluate(index, scope), of: try evaluate(base, scope), self)
    case .slice(let base, let from, let to, let step):
      let base = try evaluate(base, scope)
      try worked(base.count)
      return try kept(
        try Lookup.slice(
          base, from: try from.map { try evaluate($0, scope) }, to: try to.map { try evaluate($0, scope) },
          step: try step.map { try evaluate($0, scope) }, self))
    case .call(let callee, let given):
      return try kept(try call(try evaluate(callee, scope), try arguments(given, scope)))
    case .filter(let base, let name, let given):
      return try kept(try Filters.apply(name, to: try evaluate(base, scope), try arguments(given, scope), self))
    case .test(let base, let name, let given):
      return .bool(
        try Tests.apply(name, to: try evaluate(base, scope), try given.map { try evaluate($0, scope) }, self))
    case .not(let inner): return .bool(!(try evaluate(inner, scope).isTrue))
    case .negative(let inner): return try Operators.negate(try evaluate(inner, scope))
    case .positive(let inner):
      let value = try evaluate(inner, scope)
      guard value.number != nil else { throw ValueError("“+” before a \(value.typeName)") }
      return value
    case .binary(let kind, let left, let right):
      return try kept(try Operators.apply(kind, try evaluate(left, scope), try evaluate(right, scope), self))
    case .and(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? try evaluate(right, scope) : value
    case .or(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? value : try evaluate(right, scope)
    case .compare(let left, let links):
      var value = try evaluate(left, scope)
      for link in links {
        let right = try evaluate(link.right, scope)
        guard try Operators.holds(link.relation, value, right, self) else { return .bool(false) }
        value = right
      }
      return .bool(true)
    case .conditional(let condition, let then, let otherwise):
      if try evaluate(condition, scope).isTrue { return try evaluate(then, scope) }
      return try otherwise.map { try evaluate($0, scope) } ?? .undefined("an “if” without “else” has no value here")
    }
  }

  func call(_ callee: Value, _ arguments: Arguments) throws -> Value {
    switch callee {
    case .function(let name): return try Functions.call(name, arguments, self)
    case .method(let receiver, let name): return try Methods.call(name, on: receiver, arguments, self)
    case .macro(let macro): return try call(macro, arguments)
    case .loop(let loop):
      guard let items = arguments.positional.first else { throw ValueError("“loop” is called with the items") }
      return try recurse(loop, items)
    case .undefined(let reason): throw ValueError(reason)
    default: throw ValueError("a \(callee.typeName) cannot be called")
    }
  }
}
