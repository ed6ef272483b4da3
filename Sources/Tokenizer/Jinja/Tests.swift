/// What may follow `is`.
enum Tests {
  static let names: Set = [
    "boolean", "callable", "defined", "divisibleby", "eq", "equalto", "escaped", "even", "false", "filter", "float",
    "ge", "gt",
    "greaterthan", "in", "integer", "iterable", "le", "lessthan", "lower", "lt", "mapping", "ne", "none", "number",
    "odd", "sameas", "sequence", "string", "test", "true", "undefined", "upper", "None", "True", "False",
  ]

  static func apply(_ name: String, to value: Value, _ parameters: [Value], _ evaluator: Evaluator) throws -> Bool {
    func parameter() throws -> Value {
      guard let first = parameters.first else { throw ValueError("the test “\(name)” wants a value") }
      return first
    }
    func integer(_ value: Value) throws -> Int {
      guard let integer = value.integer else {
        throw ValueError("the test “\(name)” wants a whole number, not a \(value.typeName)")
      }
      return integer
    }
    try evaluator.worked(Evaluator.application)
    if name == "filter" || name == "test" { try evaluator.worked(value.count) }
    switch name {
    case "defined": return !value.isUndefined
    case "undefined": return value.isUndefined
    case "none", "None": return value.isNone
    case "boolean":
      if case .bool = value { return true }
      return false
    case "true", "True":
      if case .bool(true) = value { return true }
      return false
    case "false", "False":
      if case .bool(false) = value { return true }
      return false
    case "integer":
      if case .int = value { return true }
      return false
    case "float":
      if case .double = value { return true }
      return false
    case "number": return value.number != nil
    case "string": return value.asText != nil
    case "mapping":
      if case .dictionary = value { return true }
      return false
    case "iterable", "sequence":
      switch value {
      case .list, .tuple, .string, .dictionary, .undefined: return true
      case .view(let view): return name == "iterable" || view.isRange
      default: return false
      }
    case "callable":
      switch value {
      case .function, .method, .macro: return true
      case .loop(let loop): return loop.statement.isRecursive
      default: return false
      }
    case "lower", "upper":
      try evaluator.announce(value)
      return try Methods.call(
        name == "lower" ? "islower" : "isupper", on: .string(value.written), Arguments(), evaluator
      ).isTrue
    case "even", "odd":
      if case .double(let number) = value {
        return number.remainder(dividingBy: 2).magnitude == (name == "odd" ? 1 : 0)
      }
      return try integer(value) % 2 == 0 ? name == "even" : name == "odd"
    case "divisibleby":
      if let number = value.number, let divisor = try parameter().number, value.integer == nil {
        guard divisor != 0 else { throw ValueError("division by zero") }
        return number.truncatingRemainder(dividingBy: divisor) == 0
      }
      let divisor = try integer(try parameter())
      guard divisor != 0 else { throw ValueError("division by zero") }
      return divisor == -1 ? true : try integer(value) % divisor == 0
    case "eq", "equalto": return try Operators.holds(.equal, value, try parameter(), evaluator)
    case "ne": return try Operators.holds(.notEqual, value, try parameter(), evaluator)
    case "lt", "lessthan": return try Operators.holds(.less, value, try parameter(), evaluator)
    case "le": return try Operators.holds(.lessOrEqual, value, try parameter(), evaluator)
    case "gt", "greaterthan": return try Operators.holds(.greater, value, try parameter(), evaluator)
    case "ge": return try Operators.holds(.greaterOrEqual, value, try parameter(), evaluator)
    case "in": return try Operators.holds(.isIn, value, try parameter(), evaluator)
    case "sameas":
      let other = try parameter()
      return try value.typeName == other.typeName && Operators.holds(.equal, value, other, evaluator)
    case "escaped": return value.asText?.isMarkup ?? false
    case "filter": return value.asText.map { Filters.names.contains($0.string) } ?? false
    case "test": return value.asText.map { names.contains($0.string) } ?? false
    default: throw ValueError("no test named “\(name)”", kind: .unsupported)
    }
  }
}
