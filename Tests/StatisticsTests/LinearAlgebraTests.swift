import Statistics
import Testing

@Suite("Linear algebra")
struct LinearAlgebraTests {
  @Test(
    "Products agree with the definition below and above the size at which OpenBLAS takes over.",
    arguments: [(3, 5, 7), (40, 41, 63), (70, 33, 90)])
  func products(m: Int, n: Int, k: Int) throws {
    let (a, b) = (try normal(m, k, seed: 1), try normal(n, k, seed: 2))
    let c = LinearAlgebra.product(a, transposed: b)
    let gram = LinearAlgebra.gram(a)
    let moment = LinearAlgebra.secondMoment(a)
    for i in 0..<m {
      for j in 0..<n { #expect(abs(c[i, j] - dot(Array(a.row(i)), Array(b.row(j)))) < 1e-12) }
      for j in 0..<m { #expect(abs(gram[i, j] - dot(Array(a.row(i)), Array(a.row(j)))) < 1e-12) }
    }
    for i in 0..<k {
      for j in 0..<k {
        let expected = (0..<m).reduce(0.0) { $0 + a[$1, i] * a[$1, j] }
        #expect(abs(moment[i, j] - expected) < 1e-12)
      }
    }
  }

  @Test("Cholesky solutions satisfy their equations, done here and by LAPACK.", arguments: [1, 5, 48, 49, 110])
  func cholesky(order: Int) throws {
    var matrix = LinearAlgebra.gram(try normal(order, order + 20, seed: 3))
    for index in 0..<order { matrix[index, index] += 1 }
    let right = try normal(3, order, seed: 4)
    let x = try Cholesky(matrix, method: "test").solve(right)
    let back = LinearAlgebra.product(x, transposed: matrix)
    #expect(gap(back.values, right.values) < 1e-10)
    matrix[order - 1, order - 1] = -1
    #expect(throws: StatisticsError.self) { try Cholesky(matrix, method: "test") }
  }

  @Test("The normal quantile undoes the normal distribution.")
  func quantile() {
    for p in [1e-9, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.999999] {
      #expect(abs(Normal.cumulative(Normal.quantile(p)) - p) < 1e-14)
    }
    #expect(abs(Normal.quantile(0.975) - Normal.z95) < 1e-14)
  }

  @Test("A matrix of the wrong size is an error.")
  func sizes() {
    #expect(throws: StatisticsError.self) { try RealMatrix(rows: 2, columns: 2, values: [1, 2, 3]) }
    #expect(throws: StatisticsError.self) { try RealMatrix([[1, 2], [3]]) }
  }
}
