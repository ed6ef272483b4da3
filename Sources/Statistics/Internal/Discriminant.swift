/// Fisher's discriminant with a shrunk covariance `C = (1 - r) S + r m I`, `S = X'X / n` of centred rows, `m = tr S / d`.
///
/// With `d <= n` it factors `C`, else the Gram form: `C⁻¹ X' = X' ((1 - r) XX' / n + r m I)⁻¹`, the same function.
package struct Discriminant: Sendable {
  /// `[n, d]`, centred.
  private let centred: RealMatrix
  private let means: [Double]
  private let factor: Cholesky
  /// The shrinkage r that was used.
  package let intensity: Double

  private var isDual: Bool { centred.columns > centred.rows }

  package init(_ features: RealMatrix, shrinkage: Classifier.Shrinkage) throws {
    guard features.rows > 1 else {
      throw StatisticsError.tooFew(what: "training rows", needed: 2, found: features.rows)
    }
    let standardiser = Standardiser(features, scaling: .centre)
    means = standardiser.means
    centred = standardiser(features)
    let n = Double(features.rows)
    let d = Double(features.columns)
    let dual = features.columns > features.rows
    // The eigenvalues of XX' and X'X that are not zero are the same: trace and Frobenius norm too.
    var matrix = dual ? LinearAlgebra.gram(centred) : LinearAlgebra.secondMoment(centred)
    for index in matrix.values.indices { matrix.values[index] /= n }
    let order = matrix.rows
    let trace = (0..<order).reduce(0.0) { $0 + matrix[$1, $1] }
    let mean = trace / d
    guard mean > 0 else { throw StatisticsError.singular(method: "lda", order: order, pivot: 0) }
    switch shrinkage {
    case .fixed(let intensity):
      guard intensity > 0, intensity <= 1 else {
        throw StatisticsError.parameter(name: "shrinkage", allowed: "above 0 and at most 1", found: intensity)
      }
      self.intensity = intensity
    case .ledoitWolf:
      let norm = LinearAlgebra.dot(matrix.values, matrix.values)  // |S|²
      let spread = norm / d - mean * mean
      var fourth = 0.0
      for row in 0..<centred.rows {
        let x = Array(centred.row(row))
        let length = LinearAlgebra.dot(x, x)
        fourth += length * length
      }
      let noise = (fourth / n - norm) / (n * d)
      // Never quite zero: the covariance must stay invertible.
      intensity = spread > 0 ? max(1e-9, min(1, noise / spread)) : 1
    }
    for index in matrix.values.indices { matrix.values[index] *= 1 - intensity }
    for index in 0..<order { matrix[index, index] += intensity * mean }
    factor = try Cholesky(matrix, method: "lda")
  }

  /// `[d]`: inverse covariance times the difference of means that this contrast `[n]` takes.
  package func weights(_ contrast: [Double]) -> [Double] {
    isDual
      ? centred.weightedRowSum(factor.solve(contrast))
      : factor.solve(centred.weightedRowSum(contrast))
  }

  /// `[m, n]`: times a contrast, the scores of the test rows up to a constant.
  package func scoreOperator(test: RealMatrix) -> RealMatrix {
    isDual
      ? factor.solve(LinearAlgebra.product(test, transposed: centred))
      : LinearAlgebra.product(factor.solve(test), transposed: centred)
  }
}
