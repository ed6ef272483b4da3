import Foundation
import Statistics
import Testing

@Suite("Correlation")
struct CorrelationTests {
  @Test("Pearson and Spearman have their hand-computed values.")
  func values() throws {
    let (a, b) = ([1.0, 2, 3, 4], [1.0, 3, 2, 5])
    let pearson = try #require(try Correlation.pearson(a, b))
    let spearman = try #require(try Correlation.spearman(a, b))
    #expect(gap([pearson, spearman], [5.5 / 43.75.squareRoot(), 0.8]) < 1e-15)
    #expect(try Correlation.spearman(a, b.map { exp($0) }) == Correlation.spearman(a, b))
    #expect(try Correlation.pearson(a, [2, 2, 2, 2]) == nil)
    #expect(throws: StatisticsError.self) { try Correlation.pearson([1], [1]) }
  }

  @Test("Fisher's interval is that of the published example.")
  func interval() throws {
    let estimate = Correlation.interval(0.5, pairs: 30)
    #expect(abs(try #require(estimate.low) - 0.1704) < 5e-4)
    #expect(abs(try #require(estimate.high) - 0.7291) < 5e-4)
  }
}
