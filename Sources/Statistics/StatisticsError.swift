/// Why a statistic could not be computed.
public enum StatisticsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Two things that go row by row differ in length.
  case lengths(what: String, expected: Int, found: Int)
  /// A value that is not a finite number, in a feature matrix.
  case notFinite(row: Int, column: Int)
  /// All rows that were to be learned from, or compared, belong to one class.
  case oneClass(where: String, rows: Int, positive: Bool)
  /// There is less data than the statistic needs.
  case tooFew(what: String, needed: Int, found: Int)
  /// A parameter outside its range.
  case parameter(name: String, allowed: String, found: Double)
  /// An optimiser that stopped before its tolerance.
  case notConverged(method: String, iterations: Int, gradient: Double, tolerance: Double)
  /// A matrix that should be positive definite and is not.
  case singular(method: String, order: Int, pivot: Int)
  /// LAPACK refused its input or did not converge.
  case lapack(routine: String, info: Int)

  /// What was expected, what was found, and what to do next.
  public var description: String {
    switch self {
    case .lengths(let what, let expected, let found):
      "\(what): expected \(expected), found \(found); give one for each row"
    case .notFinite(let row, let column):
      "expected finite features, found one that is not at row \(row), column \(column); "
        + "look at the activation it was read from"
    case .oneClass(let place, let rows, let positive):
      "expected rows of both classes in \(place), found \(rows), all \(positive ? "positive" : "negative"); "
        + "use fewer folds, or groups that hold both classes"
    case .tooFew(let what, let needed, let found):
      "expected at least \(needed) \(what), found \(found)"
    case .parameter(let name, let allowed, let found):
      "expected \(name) to be \(allowed), found \(found)"
    case .notConverged(let method, let iterations, let gradient, let tolerance):
      "\(method) stopped after \(iterations) iterations with gradient \(gradient), tolerance \(tolerance); "
        + "raise l2, or standardise the features"
    case .singular(let method, let order, let pivot):
      "\(method): the \(order) x \(order) matrix is not positive definite (pivot \(pivot)); raise l2 or the shrinkage"
    case .lapack(let routine, let info):
      "LAPACK \(routine) returned info \(info); look for values that are not finite or of extreme size"
    }
  }
}
