/// An expression of the template language and the line it stands on.
struct Expression: Sendable {
  let line: Int
  let kind: Kind

  /// The kinds of expression.
  indirect enum Kind: Sendable {
    case text(Text)
    case int(Int)
    case double(Double)
    case bool(Bool)
    case none
    case name(String)
    case list([Expression])
    case tuple([Expression])
    case dictionary([Pair])
    case attribute(Expression, String)
    case item(Expression, Expression)
    case slice(Expression, from: Expression?, to: Expression?, step: Expression?)
    case call(Expression, Arguments)
    case filter(Expression, String, Arguments)
    case test(Expression, String, [Expression])
    case not(Expression)
    case negative(Expression)
    case positive(Expression)
    case binary(Operator, Expression, Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
    case compare(Expression, [Comparison])
    case conditional(Expression, then: Expression, otherwise: Expression?)
  }

  /// A key and its value in a mapping.
  struct Pair: Sendable {
    let key: Expression
    let value: Expression
  }

  /// One link of a chain of comparisons.
  struct Comparison: Sendable {
    let relation: Relation
    let right: Expression
  }

  /// Operators between two numbers or texts.
  enum Operator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case remainder = "%"
    case power = "**"
    case join = "~"
  }

  /// Comparisons.
  enum Relation: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
    case notIn = "not in"
  }

  /// What a call is given.
  struct Arguments: Sendable {
    var positional: [Expression] = []
    var named: [(name: String, value: Expression)] = []
  }
}

/// A statement of the template language and the line it starts on.
struct Statement: Sendable {
  let line: Int
  let kind: Kind

  /// The kinds of statement.
  indirect enum Kind: Sendable {
    case text(Text)
    case output(Expression)
    case condition([Branch], otherwise: [Statement])
    case loop(ForLoop)
    case assign(Target, Expression)
    case capture(Target, filters: [(name: String, arguments: Expression.Arguments)], [Statement])
    case filter([(name: String, arguments: Expression.Arguments)], [Statement])
    case macro(MacroDefinition)
    case callBlock(MacroDefinition, call: Expression)
    case block([Statement])
    case with([Binding], [Statement])
    case leave
    case skip
  }

  /// A name that a `with` block gives to a value.
  struct Binding: Sendable {
    let target: Target
    let value: Expression
  }

  /// A condition and what it guards.
  struct Branch: Sendable {
    let condition: Expression
    let body: [Statement]
  }

  /// `for target in items if condition`, and what happens when there are none.
  struct ForLoop: Sendable {
    let target: Target
    let items: Expression
    let condition: Expression?
    let isRecursive: Bool
    let body: [Statement]
    let otherwise: [Statement]
  }

  /// What is assigned to.
  indirect enum Target: Sendable {
    case name(String)
    case attribute(String, String)
    case tuple([Target])
  }

  /// A macro's name, its parameters with their defaults, and its body.
  struct MacroDefinition: Sendable {
    let name: String
    let parameters: [(name: String, value: Expression?)]
    let body: [Statement]
    /// Which of `varargs`, `kwargs` and `caller` the body names: only then may more be given than the parameters.
    let catches: Set<String>
  }
}
