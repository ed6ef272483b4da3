/// Something that can come to refer to itself, and is emptied when a rendering is over.
protocol Emptied: AnyObject {
  func empty()
}

/// The variables of a block; what it does not have is looked for in the block around it.
final class Scope: Emptied {
  private var variables: [String: Value]
  private let parent: Scope?

  init(_ variables: [String: Value] = [:], parent: Scope? = nil) {
    self.variables = variables
    self.parent = parent
  }

  func find(_ name: String) -> Value? {
    var scope: Scope? = self
    while let current = scope {
      if let value = current.variables[name] { return value }
      scope = current.parent
    }
    return nil
  }

  func set(_ name: String, _ value: Value) { variables[name] = value }

  func empty() { variables = [:] }
}

/// A macro and the scope that it was defined in.
final class Macro {
  let definition: Statement.MacroDefinition
  let scope: Scope

  init(_ definition: Statement.MacroDefinition, scope: Scope) {
    self.definition = definition
    self.scope = scope
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "name": .text(definition.name)
    case "arguments": .tuple(definition.parameters.map { .text($0.name) })
    case "catch_kwargs": .bool(definition.catches.contains("kwargs"))
    case "catch_varargs": .bool(definition.catches.contains("varargs"))
    case "caller": .bool(definition.catches.contains("caller"))
    default: nil
    }
  }
}

/// The variable `loop`.
final class Loop: Emptied {
  private(set) var items: [Value]
  let depth: Int
  /// What `loop(items)` runs again in a recursive loop.
  let statement: Statement.ForLoop
  let scope: Scope
  var index = 0
  var lastChanged: [Value]?

  init(items: [Value], depth: Int, statement: Statement.ForLoop, scope: Scope) {
    self.items = items
    self.depth = depth
    self.statement = statement
    self.scope = scope
  }

  func empty() {
    items = []
    lastChanged = nil
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "index": .int(index + 1)
    case "index0": .int(index)
    case "revindex": .int(items.count - index)
    case "revindex0": .int(items.count - index - 1)
    case "first": .bool(index == 0)
    case "last": .bool(index == items.count - 1)
    case "length": .int(items.count)
    case "depth": .int(depth + 1)
    case "depth0": .int(depth)
    case "previtem": index > 0 ? items[index - 1] : .undefined("there is no previous item")
    case "nextitem": index + 1 < items.count ? items[index + 1] : .undefined("there is no next item")
    case "cycle", "changed": .method(.loop(self), name)
    default: nil
    }
  }
}
