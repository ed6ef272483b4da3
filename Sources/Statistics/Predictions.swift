/// Scores (log-odds) beside true labels, and how good they are as decisions and as probabilities.
///
/// Each measure takes optional `counts`, how often each row occurs, for bootstrap resamples.
public struct Predictions: Hashable, Sendable {
  /// `[n]`: log-odds; above zero means “positive”.
  public let scores: [Double]
  /// `[n]`: the truth.
  public let labels: [Bool]

  /// - Throws: ``StatisticsError`` if lengths differ or a score is not a number.
  public init(scores: [Double], labels: [Bool]) throws {
    guard labels.count == scores.count else {
      throw StatisticsError.lengths(what: "labels", expected: scores.count, found: labels.count)
    }
    if let row = scores.firstIndex(where: \.isNaN) { throw StatisticsError.notFinite(row: row, column: 0) }
    self.scores = scores
    self.labels = labels
  }

  /// The share of rows on their own side of zero; a score of exactly zero counts a half. `nil` without rows.
  public func accuracy(counts: [Int32]? = nil) -> Double? {
    mean(counts) { _ in
      true
    } of: {
      correct($0)
    }
  }

  /// The mean of the two classes' accuracies; `nil` when a class has no row.
  public func balancedAccuracy(counts: [Int32]? = nil) -> Double? {
    guard let positive = mean(counts, where: { labels[$0] }, of: { correct($0) }),
      let negative = mean(counts, where: { !labels[$0] }, of: { correct($0) })
    else { return nil }
    return (positive + negative) / 2
  }

  /// The mean squared difference of probability and truth (Brier 1950): 0 is best, 0.25 is a coin.
  public func brier(counts: [Int32]? = nil) -> Double? {
    mean(counts) { _ in
      true
    } of: { row in
      let miss = LinearModel.probability(scores[row]) - (labels[row] ? 1 : 0)
      return miss * miss
    }
  }

  /// The mean of -log(probability of the truth), in nats: 0.693 is a coin.
  public func logLoss(counts: [Int32]? = nil) -> Double? {
    mean(counts) { _ in
      true
    } of: { row in
      let margin = labels[row] ? scores[row] : -scores[row]
      return max(-margin, 0) + Elementary.log(1 + Elementary.exp(-abs(margin)))
    }
  }

  private func correct(_ row: Int) -> Double {
    scores[row] == 0 ? 0.5 : ((scores[row] > 0) == labels[row] ? 1 : 0)
  }

  private func mean(_ counts: [Int32]?, where wanted: (Int) -> Bool, of value: (Int) -> Double) -> Double? {
    var sum = 0.0
    var weight = 0.0
    for row in scores.indices where wanted(row) {
      let count = counts.map { Double($0[row]) } ?? 1
      sum += count * value(row)
      weight += count
    }
    return weight > 0 ? sum / weight : nil
  }
}
