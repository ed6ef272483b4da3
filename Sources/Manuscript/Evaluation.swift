extension Expression {
  /// The value of the expression, given what names stand for.
  ///
  /// A path is looked up whole; if nothing has that name, its last step is taken from the value of the rest:
  /// an index of a list, or `value`, `low` and `high` of an estimate.
  /// - Throws: A ``Problem`` at the part that has no value: an unknown name, text where a number is needed.
  public func evaluate(_ resolve: @escaping Resolver) throws(Problem) -> ExpressionValue {
    try Evaluator(resolve: resolve).value(of: root)
  }

  /// The verdict of the expression, given what names stand for.
  ///
  /// - Throws: A ``Problem`` if a part has no value, or if the whole is not a comparison or a truth value.
  public func verdict(_ resolve: @escaping Resolver) throws(Problem) -> Verdict {
    try Evaluator(resolve: resolve).verdict(of: root)
  }

  /// Whether the expression can come to a verdict: a sum or a text cannot.
  public var canBeClaimed: Bool {
    switch root.kind {
    case .compare, .not, .all, .any, .bool, .path: true
    case .number, .text, .negate, .arithmetic, .call: false
    }
  }
}

/// Walks an expression's tree.
private struct Evaluator {
  let resolve: Expression.Resolver

  func value(of node: Expression.Node) throws(Problem) -> ExpressionValue {
    switch node.kind {
    case .number(let value): return .number(value)
    case .text(let text): return .string(text)
    case .bool(let flag): return .bool(flag)
    case .path(let path): return try lookUp(path, at: node.location)
    case .negate(let operand): return .quantity(-(try quantity(of: operand)))
    case .arithmetic(let operation, let left, let right):
      let (left, right) = (try quantity(of: left), try quantity(of: right))
      switch operation {
      case .add: return .quantity(left + right)
      case .subtract: return .quantity(left - right)
      case .multiply: return .quantity(left * right)
      case .divide: return .quantity(left / right)
      }
    case .compare(let comparison, let left, let right):
      return .verdict(try compare(comparison, left, right))
    case .not(let operand): return .verdict(try verdict(of: operand).negated)
    case .all(let left, let right):
      return .verdict(Verdict.combined([try verdict(of: left), try verdict(of: right)]))
    case .any(let left, let right):
      return .verdict(Verdict.combined([try verdict(of: left).negated, try verdict(of: right).negated]).negated)
    case .call(let function, let arguments): return .quantity(try call(function, arguments, at: node.location))
    }
  }

  func verdict(of node: Expression.Node) throws(Problem) -> Verdict {
    switch try value(of: node) {
    case .verdict(let verdict): return verdict
    case .bool(let flag): return flag ? .supported : .refuted
    case let other:
      throw Problem("\(other.summary) is neither true nor false", at: node.location, expected: "expected: a comparison")
    }
  }

  private func quantity(of node: Expression.Node) throws(Problem) -> Quantity {
    let value = try value(of: node)
    guard case .quantity(let quantity) = value else {
      throw Problem("\(value.summary) stands where a number is needed", at: node.location)
    }
    return quantity
  }

  private func compare(
    _ comparison: Expression.Comparison, _ left: Expression.Node, _ right: Expression.Node
  ) throws(Problem) -> Verdict {
    let (first, second) = (try value(of: left), try value(of: right))
    let equal: Bool
    switch (first, second) {
    case (.quantity(let a), .quantity(let b)): return comparison.verdict(a, b)
    case (.string(let a), .string(let b)): equal = a == b
    case (.bool(let a), .bool(let b)): equal = a == b
    case (.verdict(let a), .string(let b)): equal = a.rawValue == b
    default:
      throw Problem("\(first.summary) and \(second.summary) cannot be compared", at: left.location)
    }
    switch comparison {
    case .equal: return equal ? .supported : .refuted
    case .notEqual: return equal ? .refuted : .supported
    default:
      throw Problem(
        "\(first.summary) and \(second.summary) have no order", at: left.location, expected: "expected: == or !=")
    }
  }

  private func call(
    _ function: Expression.Function, _ arguments: [Expression.Node], at location: SourceLocation
  ) throws(Problem) -> Quantity {
    var quantities: [Quantity] = []
    for argument in arguments {
      if case .list(let values) = try value(of: argument) {
        for value in values {
          guard case .quantity(let quantity) = value else {
            throw Problem("\(value.summary) stands in a list of numbers", at: argument.location)
          }
          quantities.append(quantity)
        }
      } else {
        quantities.append(try quantity(of: argument))
      }
    }
    guard let first = quantities.first else { throw Problem("\(function.rawValue) of an empty list", at: location) }
    switch function {
    case .abs:
      guard quantities.count == 1 else {
        throw Problem("abs of a list of \(quantities.count)", at: location, expected: "expected: one number")
      }
      return first.magnitude
    case .min: return quantities.dropFirst().reduce(first, Quantity.minimum)
    case .max: return quantities.dropFirst().reduce(first, Quantity.maximum)
    }
  }

  /// The value of the longest part of the path that has one, then the remaining steps into it.
  private func lookUp(_ path: Path, at location: SourceLocation) throws(Problem) -> ExpressionValue {
    for count in stride(from: path.steps.count, through: 0, by: -1) {
      var reached = Path(path.root, Array(path.steps.prefix(count)))
      guard var value = resolve(reached) else { continue }
      for step in path.steps.dropFirst(count) {
        value = try take(step, of: value, named: reached, at: location)
        reached = Path(path.root, reached.steps + [step])
      }
      return value
    }
    throw Problem("nothing has the name \(path)", at: location, help: path.subtractionHint)
  }

  private func take(
    _ step: Path.Step, of whole: ExpressionValue, named name: Path, at location: SourceLocation
  ) throws(Problem) -> ExpressionValue {
    switch (whole, step) {
    case (.list(let values), .index(let index)):
      let position = index < 0 ? values.count + index : index
      guard values.indices.contains(position) else {
        throw Problem("the index \(index) of \(name) is outside its \(values.count) values", at: location)
      }
      return values[position]
    case (.quantity(let quantity), .name("value")): return .number(quantity.value)
    case (.quantity(let quantity), .name(let end)) where end == "low" || end == "high":
      guard let bound = end == "low" ? quantity.low : quantity.high else {
        throw Problem("\(name) has no interval, so no .\(end)", at: location)
      }
      return .number(bound)
    default:
      let path = Path(name.root, name.steps + [step])
      throw Problem("nothing has the name \(path)", at: location, help: "\(name) is \(whole.summary)")
    }
  }
}

extension Path {
  /// Help for a name that may have been meant as a difference.
  var subtractionHint: String? {
    let last: String
    if case .name(let name) = steps.last { last = name } else { last = root }
    return last.contains("-") ? "to subtract, put spaces around “-”" : nil
  }
}

extension Expression.Comparison {
  /// The verdict on two quantities: the whole interval must satisfy or violate the comparison.
  func verdict(_ left: Quantity, _ right: Quantity) -> Verdict {
    guard !left.isUndefined, !right.isUndefined else { return .inconclusive }
    switch self {
    case .less: return left.upper < right.lower ? .supported : left.lower >= right.upper ? .refuted : .inconclusive
    case .lessOrEqual:
      return left.upper <= right.lower ? .supported : left.lower > right.upper ? .refuted : .inconclusive
    case .greater: return Self.less.verdict(right, left)
    case .greaterOrEqual: return Self.lessOrEqual.verdict(right, left)
    case .equal:
      if left.upper < right.lower || right.upper < left.lower { return .refuted }
      return left.lower == left.upper && right.lower == right.upper ? .supported : .inconclusive
    case .notEqual: return Self.equal.verdict(left, right).negated
    }
  }
}
