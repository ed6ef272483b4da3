import Statistics
import Testing

@Suite("Principal components")
struct PrincipalComponentsTests {
  @Test(
    "Axes are orthonormal, and coordinates along them vary as they say, in both forms.",
    arguments: [(80, 6), (12, 40)])
  func axes(rows: Int, width: Int) throws {
    let features = try normal(rows, width, seed: 7)
    let components = try PrincipalComponents(features)
    #expect(components.variances.count == min(rows - 1, width))
    let products = LinearAlgebra.gram(components.axes)
    let coordinates = components.coordinates(features)
    for i in 0..<products.rows {
      for j in 0..<products.rows { #expect(abs(products[i, j] - (i == j ? 1 : 0)) < 1e-9) }
      let variance = (0..<rows).reduce(0.0) { $0 + coordinates[$1, i] * coordinates[$1, i] } / Double(rows)
      #expect(abs(variance - components.variances[i]) < 1e-10)
    }
    #expect(components.variances == components.variances.sorted(by: >))
  }

  @Test("The participation ratio counts equal dimensions.")
  func participation() throws {
    #expect(PrincipalComponents.participationRatio([2, 2, 2]) == 3)
    #expect(PrincipalComponents.participationRatio([5, 0, 0]) == 1)
    let parallel = try RealMatrix([[1, 0, 0], [2, 0, 0]])
    #expect(abs(try PrincipalComponents.participationRatio(of: parallel) - 1) < 1e-12)
    let square = try RealMatrix([[1, 0, 0], [0, 1, 0]])
    #expect(abs(try PrincipalComponents.participationRatio(of: square) - 2) < 1e-12)
  }
}
