/// How alike repeated ratings of one thing are, beside ratings of different things: ICC(1), one-way random effects (Shrout
/// and Fleiss 1979). 1 if all ratings of a thing are equal, about 0 if they are as different as those of different things.
public struct IntraclassCorrelation: Sendable {
  private let means: [Double]
  private let within: [Double]
  private let ratings: Int

  /// - Parameter ratings: `[things][ratings]`, as many of each.
  /// - Throws: ``StatisticsError`` with fewer than two things or two ratings of each, or unequally many.
  public init(ratings: [[Double]]) throws {
    guard ratings.count > 1 else { throw StatisticsError.tooFew(what: "things", needed: 2, found: ratings.count) }
    let count = ratings[0].count
    guard count > 1 else { throw StatisticsError.tooFew(what: "ratings of each thing", needed: 2, found: count) }
    if let odd = ratings.first(where: { $0.count != count }) {
      throw StatisticsError.lengths(what: "ratings of each thing", expected: count, found: odd.count)
    }
    let means = ratings.map(Moments.mean)
    within = zip(ratings, means).map { row, mean in row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } }
    self.means = means
    self.ratings = count
  }

  /// `(MSB - MSW) / (MSB + (k - 1) MSW)`; `nil` where all ratings are equal.
  ///
  /// - Parameter counts: how often each thing occurs, for resamples; once each if left out.
  public func value(counts: [Int32]? = nil) -> Double? {
    let weights = counts.map { $0.map(Double.init) } ?? Array(repeating: 1, count: means.count)
    let n = weights.reduce(0, +)
    guard n > 1 else { return nil }
    let k = Double(ratings)
    let grand = zip(weights, means).reduce(0) { $0 + $1.0 * $1.1 } / n
    let between = zip(weights, means).reduce(0) { $0 + $1.0 * ($1.1 - grand) * ($1.1 - grand) } * k / (n - 1)
    let inside = zip(weights, within).reduce(0) { $0 + $1.0 * $1.1 } / (n * (k - 1))
    let scale = between + (k - 1) * inside
    return scale > 0 ? (between - inside) / scale : nil
  }
}
