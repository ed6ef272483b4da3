import Foundation
import Statistics
import Testing

@Suite("Predictions")
struct PredictionsTests {
  @Test("The measures have their hand-computed values.")
  func values() throws {
    // Probabilities 0.8, 0.5, 0.2, 0.25; decisions right, undecided, wrong, right.
    let predictions = try Predictions(scores: [log(4), 0, log(0.25), log(1.0 / 3)], labels: [true, true, true, false])
    #expect(predictions.accuracy() == 0.625)
    #expect(predictions.balancedAccuracy() == 0.75)
    let brier: [Double] = [0.04, 0.25, 0.64, 0.0625]
    let losses: [Double] = [log(0.8), log(0.5), log(0.2), log(0.75)]
    #expect(gap([try #require(predictions.brier())], [brier.reduce(0, +) / 4]) < 1e-15)
    #expect(gap([try #require(predictions.logLoss())], [-losses.reduce(0, +) / 4]) < 1e-15)
    #expect(try #require(predictions.accuracy(counts: [2, 0, 1, 0])) == 2.0 / 3)
    #expect(predictions.balancedAccuracy(counts: [1, 1, 1, 0]) == nil)
  }

  @Test("Extreme scores neither overflow nor lose their loss.")
  func extreme() throws {
    let predictions = try Predictions(scores: [2000, -2000], labels: [false, false])
    #expect(try #require(predictions.logLoss()) == 1000)
    #expect(try #require(predictions.brier()) == 0.5)
  }
}
