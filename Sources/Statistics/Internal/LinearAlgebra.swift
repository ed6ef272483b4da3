import PinnedBLAS

/// Products and factorisations in float64.
///
/// Below ``threshold`` multiplications: plain Swift in one fixed order, the same bits on any machine.
/// Above it: OpenBLAS on one thread, the same bits for one core type (``BLAS``). Which of the two depends on the shape
/// alone.
package enum LinearAlgebra {
  /// Multiplications from which a product is worth a call into OpenBLAS.
  package static let threshold = 1 << 16

  /// The inner product, in eight interleaved sums and then pairwise: one fixed order.
  package static func dot(_ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>) -> Double {
    let count = min(a.count, b.count)
    var sums = SIMD8<Double>.zero
    var index = 0
    if count >= 8, let a = a.baseAddress, let b = b.baseAddress {
      while index + 8 <= count {
        sums +=
          UnsafeRawPointer(a + index).loadUnaligned(as: SIMD8<Double>.self)
          * UnsafeRawPointer(b + index).loadUnaligned(as: SIMD8<Double>.self)
        index += 8
      }
    }
    let halves = sums.lowHalf + sums.highHalf
    let quarters = halves.lowHalf + halves.highHalf
    var sum = quarters[0] + quarters[1]
    while index < count {
      sum += a[index] * b[index]
      index += 1
    }
    return sum
  }

  /// The inner product of two vectors.
  package static func dot(_ a: [Double], _ b: [Double]) -> Double {
    a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { dot(a, $0) } }
  }

  /// `a b'`: `[m, k]` and `[n, k]` to `[m, n]`.
  package static func product(_ a: RealMatrix, transposed b: RealMatrix) -> RealMatrix {
    var c = RealMatrix(a.rows, b.rows)
    if a.rows * b.rows * a.columns < threshold {
      for i in 0..<b.rows {
        let column = a.times(Array(b.row(i)))
        for j in 0..<a.rows { c[j, i] = column[j] }
      }
      return c
    }
    c.values.withUnsafeMutableBufferPointer { c in
      BLAS.library.dgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(a.rows), Int32(b.rows), Int32(a.columns), 1,
        a.values, Int32(a.columns), b.values, Int32(b.columns), 0, c.baseAddress, Int32(b.rows))
    }
    return c
  }

  /// `a a'`: `[n, k]` to `[n, n]`, both triangles.
  package static func gram(_ a: RealMatrix) -> RealMatrix {
    if a.rows * a.rows * a.columns < threshold { return product(a, transposed: a) }
    var c = RealMatrix(a.rows, a.rows)
    c.values.withUnsafeMutableBufferPointer { c in
      BLAS.library.dsyrk(
        CblasRowMajor, CblasLower, CblasNoTrans, Int32(a.rows), Int32(a.columns), 1, a.values, Int32(a.columns),
        0, c.baseAddress, Int32(a.rows))
    }
    c.mirrorLower()
    return c
  }

  /// `a' a`: `[n, k]` to `[k, k]`, both triangles.
  package static func secondMoment(_ a: RealMatrix) -> RealMatrix {
    var c = RealMatrix(a.columns, a.columns)
    if a.rows * a.columns * a.columns < threshold {
      for row in 0..<a.rows {
        let x = a.row(row)
        for i in 0..<a.columns {
          let factor = x[x.startIndex + i]
          for j in 0...i { c[i, j] += factor * x[x.startIndex + j] }
        }
      }
    } else {
      c.values.withUnsafeMutableBufferPointer { c in
        BLAS.library.dsyrk(
          CblasRowMajor, CblasLower, CblasTrans, Int32(a.columns), Int32(a.rows), 1, a.values, Int32(a.columns),
          0, c.baseAddress, Int32(a.columns))
      }
    }
    c.mirrorLower()
    return c
  }
}

extension RealMatrix {
  /// Copies the lower triangle to the upper one.
  fileprivate mutating func mirrorLower() {
    let order = rows
    values.withUnsafeMutableBufferPointer { c in
      for i in 0..<order {
        for j in 0..<i { c[j * order + i] = c[i * order + j] }
      }
    }
  }
}
