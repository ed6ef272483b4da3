/// Scores in order, ready for the area under the ROC curve: of all the rows once, or of many resamples in linear time.
///
/// AUROC is the probability that a positive row scores above a negative one, ties counting a half (Hanley and McNeil
/// 1982). Pairs are counted in integers, so the value does not depend on the order of rows.
public struct Ranking: Sendable {
  /// Row indices by stratum, then by score.
  private let order: [Int]
  /// For each place in the order: whether the next place begins another score or stratum.
  private let endsTie: [Bool]
  private let endsStratum: [Bool]
  private let labels: [Bool]
  private let scores: [Double]

  /// Sorts the scores: O(n log n).
  ///
  /// - Parameter strata: `[n]`; only rows of one stratum (a fold) are compared with each other. By default all are.
  /// - Throws: ``StatisticsError`` if lengths differ or a score is not a number.
  public init(scores: [Double], labels: [Bool], strata: [Int]? = nil) throws {
    guard labels.count == scores.count else {
      throw StatisticsError.lengths(what: "labels", expected: scores.count, found: labels.count)
    }
    if let strata, strata.count != scores.count {
      throw StatisticsError.lengths(what: "strata", expected: scores.count, found: strata.count)
    }
    if let row = scores.firstIndex(where: \.isNaN) { throw StatisticsError.notFinite(row: row, column: 0) }
    let strata = strata ?? [Int](repeating: 0, count: scores.count)
    let order = scores.indices.sorted { (strata[$0], scores[$0]) < (strata[$1], scores[$1]) }
    endsStratum = order.indices.map { $0 + 1 == order.count || strata[order[$0]] != strata[order[$0 + 1]] }
    endsTie = order.indices.map {
      $0 + 1 == order.count || strata[order[$0]] != strata[order[$0 + 1]]
        || scores[order[$0]] != scores[order[$0 + 1]]
    }
    self.order = order
    self.labels = labels
    self.scores = scores
  }

  /// The area under the curve; `nil` when no positive row can be compared with a negative one.
  public var auroc: Double? { pairs(counts: nil).area }

  /// The area under the curve when row i occurs `counts[i]` times: a bootstrap resample. O(n).
  public func auroc(counts: [Int32]) -> Double? { pairs(counts: counts).area }

  /// Twice the pairs won (so that ties are whole numbers), and the pairs compared.
  struct Pairs {
    var twiceWon = 0
    var compared = 0

    var area: Double? { compared > 0 ? Double(twiceWon) / Double(2 * compared) : nil }

    init() {}

    /// Of rows that are looked at once, without the indices that resamples need.
    init(scores: some Sequence<Double>, labels: some Sequence<Bool>) {
      let sorted = zip(scores, labels).sorted { $0.0 < $1.0 }
      var (below, positives, start) = (0, 0, 0)
      while start < sorted.count {
        var end = start
        var tied = (positive: 0, negative: 0)
        while end < sorted.count, sorted[end].0 == sorted[start].0 {
          if sorted[end].1 { tied.positive += 1 } else { tied.negative += 1 }
          end += 1
        }
        twiceWon += tied.positive * (2 * below + tied.negative)
        below += tied.negative
        positives += tied.positive
        start = max(end, start + 1)
      }
      compared = positives * below
    }

    static func += (sum: inout Pairs, more: Pairs) {
      sum.twiceWon += more.twiceWon
      sum.compared += more.compared
    }
  }

  func pairs(counts: [Int32]?) -> Pairs {
    var total = Pairs()
    var below = 0  // negative rows of the stratum with a lower score
    var positives = 0  // of the stratum
    var tied = (positive: 0, negative: 0)
    for place in order.indices {
      let row = order[place]
      let count = counts.map { Int($0[row]) } ?? 1
      if labels[row] { tied.positive += count } else { tied.negative += count }
      guard endsTie[place] else { continue }
      total.twiceWon += tied.positive * (2 * below + tied.negative)
      below += tied.negative
      positives += tied.positive
      tied = (0, 0)
      guard endsStratum[place] else { continue }
      total.compared += positives * below
      (below, positives) = (0, 0)
    }
    return total
  }

  /// AUROC with DeLong's interval on the logit scale (DeLong et al. 1988; Sun and Xu 2014 for the mid-ranks).
  ///
  /// It takes rows as independent; for grouped rows use a cluster bootstrap. Where all pairs agree the variance is zero
  /// and says nothing: there the bound is that of as many trials as the smaller class has rows (`0.025^(1/m)`).
  ///
  /// - Throws: ``StatisticsError`` unless each class has two rows.
  public func delong() throws -> Estimate {
    let ranks = Ranks.mid(scores)
    let positive = scores.indices.filter { labels[$0] }
    let negative = scores.indices.filter { !labels[$0] }
    let (m, n) = (Double(positive.count), Double(negative.count))
    guard min(positive.count, negative.count) > 1 else {
      throw StatisticsError.tooFew(what: "rows in each class", needed: 2, found: min(positive.count, negative.count))
    }
    let withinPositive = Ranks.mid(positive.map { scores[$0] })
    let withinNegative = Ranks.mid(negative.map { scores[$0] })
    let wins = zip(positive, withinPositive).map { (ranks[$0] - $1) / n }
    let losses = zip(negative, withinNegative).map { 1 - (ranks[$0] - $1) / m }
    let area = wins.reduce(0, +) / m
    let error = (Moments.variance(wins) / m + Moments.variance(losses) / n).squareRoot()
    let rows = scores.count
    guard area > 0, area < 1, error > 0 else {
      let bound = Elementary.power((1 - Estimate.level) / 2, 1 / min(m, n))
      return Estimate(
        value: area, low: area == 1 ? bound : min(area, 1 - bound), high: area == 0 ? 1 - bound : max(area, bound),
        n: rows)
    }
    let logit = Elementary.log(area / (1 - area))
    let margin = Normal.z95 * error / (area * (1 - area))
    return Estimate(
      value: area, low: LinearModel.probability(logit - margin), high: LinearModel.probability(logit + margin), n: rows)
  }
}
