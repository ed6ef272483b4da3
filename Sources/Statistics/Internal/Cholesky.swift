import PinnedBLAS

/// The factor `L` of a symmetric positive definite matrix `L L'`, and solutions with it.
package struct Cholesky {
  /// `[n, n]`, lower triangle; what is above the diagonal is not read.
  private let factor: RealMatrix

  /// Orders up to which the factorisation is done here, in one fixed order.
  package static let plainOrder = 48

  /// - Throws: ``StatisticsError/singular(method:order:pivot:)`` when the matrix is not positive definite.
  package init(_ matrix: RealMatrix, method: String) throws {
    var lower = matrix
    let order = matrix.rows
    if order <= Self.plainOrder {
      for i in 0..<order {
        for j in 0...i {
          var sum = lower[i, j]
          for k in 0..<j { sum -= lower[i, k] * lower[j, k] }
          if i == j {
            guard sum > 0 else { throw StatisticsError.singular(method: method, order: order, pivot: i) }
            lower[i, i] = sum.squareRoot()
          } else {
            lower[i, j] = sum / lower[j, j]
          }
        }
      }
    } else {
      // The Fortran upper triangle is the row-major lower one: A = U'U there is A = L L' here.
      var n = Int32(order)
      var one: Int32 = 1
      var info: Int32 = 0
      var unused = [Double](repeating: 0, count: order)
      lower.values.withUnsafeMutableBufferPointer { a in
        BLAS.library.dposv("U", &n, &one, a.baseAddress, &n, &unused, &n, &info)
      }
      guard info == 0 else {
        throw StatisticsError.singular(method: method, order: order, pivot: Int(info) - 1)
      }
    }
    factor = lower
  }

  /// The solutions of `(L L') x = b` for each row of `b`: `[m, n]` to `[m, n]`.
  package func solve(_ right: RealMatrix) -> RealMatrix {
    var x = right
    let order = factor.rows
    if order <= Self.plainOrder {
      for row in 0..<x.rows {
        for i in 0..<order {
          var sum = x[row, i]
          for k in 0..<i { sum -= factor[i, k] * x[row, k] }
          x[row, i] = sum / factor[i, i]
        }
        for i in (0..<order).reversed() {
          var sum = x[row, i]
          for k in (i + 1)..<order { sum -= factor[k, i] * x[row, k] }
          x[row, i] = sum / factor[i, i]
        }
      }
      return x
    }
    // Row-wise: X (L L') = B, so first Y L' = B, then X L = Y.
    x.values.withUnsafeMutableBufferPointer { x in
      for transpose in [CblasTrans, CblasNoTrans] {
        BLAS.library.dtrsm(
          CblasRowMajor, CblasRight, CblasLower, transpose, CblasNonUnit, Int32(right.rows), Int32(order), 1,
          factor.values, Int32(order), x.baseAddress, Int32(order))
      }
    }
    return x
  }

  /// The solution of `(L L') x = b`.
  package func solve(_ right: [Double]) -> [Double] {
    solve(RealMatrix(1, right.count, right)).values
  }
}
