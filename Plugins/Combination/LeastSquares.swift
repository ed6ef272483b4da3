/// The least sum of squares of a few residuals in a few parameters: Levenberg (1944) and Marquardt (1963), with
/// differences for slopes.
enum LeastSquares {
  /// The parameters found, and the sum of squares there.
  static func minimum(
    from start: [Double], steps: Int = 200, _ residuals: ([Double]) -> [Double]
  ) -> (parameters: [Double], error: Double) {
    func error(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
    var parameters = start
    var current = residuals(parameters)
    var best = error(current)
    var damping = 1e-3
    for _ in 0..<steps where damping < 1e12 {
      // [parameters][residuals]
      let slopes = parameters.indices.map { index in
        let step = 1e-6 * max(1, abs(parameters[index]))
        var (up, down) = (parameters, parameters)
        up[index] += step
        down[index] -= step
        return zip(residuals(up), residuals(down)).map { ($0 - $1) / (2 * step) }
      }
      func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      let matrix = slopes.map { a in slopes.map { product(a, $0) } }
      let gradient = slopes.map { product($0, current) }
      let floor = 1e-12 * (matrix.indices.map { matrix[$0][$0] }.max() ?? 0)
      var damped = matrix
      for index in damped.indices { damped[index][index] += damping * max(matrix[index][index], floor) }
      guard let step = solve(damped, gradient) else {
        damping *= 10
        continue
      }
      let moved = zip(parameters, step).map { $0 - $1 }
      let candidate = residuals(moved)
      let next = error(candidate)
      guard next < best else {
        damping *= 10
        continue
      }
      let isDone = best - next < 1e-14 * best
      (parameters, current, best) = (moved, candidate, next)
      damping = max(1e-12, damping / 10)
      if isDone { break }
    }
    return (parameters, best)
  }

  /// Gaussian elimination with pivots; `nil` if the matrix is singular.
  private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
    var rows = zip(matrix, right).map { $0 + [$1] }
    let count = right.count
    for column in 0..<count {
      guard let pivot = (column..<count).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
        abs(rows[pivot][column]) > 0, rows[pivot][column].isFinite
      else { return nil }
      rows.swapAt(column, pivot)
      for row in 0..<count where row != column {
        let factor = rows[row][column] / rows[column][column]
        guard factor != 0 else { continue }
        for other in column...count { rows[row][other] -= factor * rows[column][other] }
      }
    }
    let solution = (0..<count).map { rows[$0][count] / rows[$0][$0] }
    return solution.allSatisfy(\.isFinite) ? solution : nil
  }
}
