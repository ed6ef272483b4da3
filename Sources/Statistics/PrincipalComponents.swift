import PinnedBLAS

/// The axes along which rows vary most.
public struct PrincipalComponents: Sendable {
  /// Variances along the axes (divisor n), largest first.
  public let variances: [Double]
  /// `[axes, d]`: unit axes, each with its largest coordinate positive.
  public let axes: RealMatrix
  /// `[d]`: the mean that was taken away.
  public let means: [Double]

  /// From `[n, d]` features: the eigenvectors of the covariance, or of the Gram matrix when that is smaller.
  ///
  /// - Throws: ``StatisticsError`` with fewer than two rows, or when LAPACK fails.
  public init(_ features: RealMatrix) throws {
    guard features.rows > 1 else { throw StatisticsError.tooFew(what: "rows", needed: 2, found: features.rows) }
    let standardiser = Standardiser(features, scaling: .centre)
    let centred = standardiser(features)
    means = standardiser.means
    let dual = features.columns > features.rows
    let spectrum = try Self.eigen(dual ? LinearAlgebra.gram(centred) : LinearAlgebra.secondMoment(centred))
    let largest = spectrum.values.first ?? 0
    let kept = spectrum.values.prefix { $0 > 1e-12 * largest && $0 > 0 }
    variances = kept.map { $0 / Double(features.rows) }
    axes = try RealMatrix(
      kept.indices.map { index in
        let vector = Array(spectrum.vectors.row(index))
        let axis = dual ? centred.weightedRowSum(vector) : vector
        let length = LinearAlgebra.dot(axis, axis).squareRoot()
        let top = axis.max { abs($0) < abs($1) } ?? 1
        return axis.map { $0 / (top < 0 ? -length : length) }
      })
  }

  /// The coordinates of rows along the axes: `[n, d]` to `[n, axes]`.
  public func coordinates(_ features: RealMatrix) -> RealMatrix {
    var centred = features
    for row in 0..<features.rows {
      for column in 0..<features.columns { centred[row, column] -= means[column] }
    }
    return LinearAlgebra.product(centred, transposed: axes)
  }

  /// In how many dimensions the rows vary, as an effective number.
  public var participationRatio: Double { Self.participationRatio(variances) }

  /// `(sum v)² / sum v²`: d for d equal variances, 1 for a single one.
  public static func participationRatio(_ variances: [Double]) -> Double {
    let sum = variances.reduce(0, +)
    let squares = variances.reduce(0) { $0 + $1 * $1 }
    return squares > 0 ? sum * sum / squares : 0
  }

  /// The participation ratio of directions, not centred: how many dimensions a set of `[k, d]` directions spans.
  ///
  /// - Throws: ``StatisticsError`` when LAPACK fails.
  public static func participationRatio(of directions: RealMatrix) throws -> Double {
    participationRatio(try eigen(LinearAlgebra.gram(directions)).values.map { max(0, $0) })
  }

  /// Eigenvalues, largest first, and eigenvectors as rows, of a symmetric matrix.
  private static func eigen(_ matrix: RealMatrix) throws -> (values: [Double], vectors: RealMatrix) {
    var n = Int32(matrix.rows)
    guard n > 0 else { return ([], matrix) }
    var vectors = matrix
    var values = [Double](repeating: 0, count: matrix.rows)
    var info: Int32 = 0
    var workSize = Int32(1 + 6 * matrix.rows + 2 * matrix.rows * matrix.rows)
    var integerSize = Int32(3 + 5 * matrix.rows)
    var work = [Double](repeating: 0, count: Int(workSize))
    var integers = [Int32](repeating: 0, count: Int(integerSize))
    vectors.values.withUnsafeMutableBufferPointer { a in
      BLAS.library.dsyevd("V", "U", &n, a.baseAddress, &n, &values, &work, &workSize, &integers, &integerSize, &info)
    }
    guard info == 0 else { throw StatisticsError.lapack(routine: "dsyevd", info: Int(info)) }
    // Columns of the column-major answer are rows here, smallest eigenvalue first.
    return (values.reversed(), vectors.selecting(rows: (0..<matrix.rows).reversed()))
  }
}
