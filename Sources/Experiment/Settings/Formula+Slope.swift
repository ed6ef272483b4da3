import Manuscript

extension Formula {
  /// How fast the number changes with one quantity while the others stay: its partial derivative.
  ///
  /// Where `min`, `max` or `abs` have a corner it is that of one side.
  /// - Parameters:
  ///   - name: the quantity.
  ///   - quantity: the value of a name.
  /// - Throws: a `Problem` if a name has no value, or the whole is not arithmetic.
  public func slope(in name: String, _ quantity: (String) -> Double?) throws -> Double {
    try slope(of: expression.root, in: name, quantity).slope
  }

  private typealias Dual = (value: Double, slope: Double)

  private func slope(of node: Expression.Node, in name: String, _ quantity: (String) -> Double?) throws -> Dual {
    func of(_ node: Expression.Node) throws -> Dual { try slope(of: node, in: name, quantity) }
    switch node.kind {
    case .number(let number): return (number, 0)
    case .path(let path):
      guard let value = quantity("\(path)") else {
        throw Problem("nothing has the name \(path)", at: node.location)
      }
      return (value, "\(path)" == name ? 1 : 0)
    case .negate(let operand):
      let x = try of(operand)
      return (-x.value, -x.slope)
    case .arithmetic(let operation, let left, let right):
      let (a, b) = (try of(left), try of(right))
      switch operation {
      case .add: return (a.value + b.value, a.slope + b.slope)
      case .subtract: return (a.value - b.value, a.slope - b.slope)
      case .multiply: return (a.value * b.value, a.slope * b.value + a.value * b.slope)
      case .divide:
        return (a.value / b.value, (a.slope * b.value - a.value * b.slope) / (b.value * b.value))
      }
    case .call(let function, let arguments):
      let values = try arguments.map(of)
      guard let first = values.first else { break }
      switch function {
      case .abs: return first.value < 0 ? (-first.value, -first.slope) : first
      case .min: return values.dropFirst().reduce(first) { $1.value < $0.value ? $1 : $0 }
      case .max: return values.dropFirst().reduce(first) { $1.value > $0.value ? $1 : $0 }
      }
    default: break
    }
    throw Problem("“\(written)” is not a number", at: node.location, expected: "expected: arithmetic, no comparison")
  }
}
