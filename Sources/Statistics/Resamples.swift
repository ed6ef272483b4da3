/// Bootstrap resamples that are drawn once and shared: statistics computed over the same ones are paired, so that the
/// interval of a difference is that of the difference of two statistics.
///
///     let gain = try resamples.percentile { counts in
///       guard let a = probe.auroc(counts: counts), let b = words.auroc(counts: counts) else { return nil }
///       return a - b
///     }
public struct Resamples: Sendable {
  /// How often each row occurs in each resample: `[resamples][n]`.
  public let counts: [[Int32]]
  let clusters: [Int]
  private let clusterCount: Int

  init(counts: [[Int32]], clusters: [Int], clusterCount: Int) {
    self.counts = counts
    self.clusters = clusters
    self.clusterCount = clusterCount
  }

  /// A statistic of rows that occur so many times each; `nil` where it is undefined.
  public typealias Statistic = (_ counts: [Int32]) throws -> Double?

  /// The statistic with its 95% percentile interval.
  ///
  /// Resamples where it is undefined (a class is missing) are left out; when that is more than half, there is no
  /// interval. `n` is the number of clusters.
  ///
  /// - Throws: ``StatisticsError/tooFew(what:needed:found:)`` when it is undefined on the data themselves.
  public func percentile(_ statistic: Statistic) throws -> Estimate {
    let value = try observed(statistic)
    let tail = (1 - Estimate.level) / 2
    guard let sorted = try replicates(statistic) else { return Estimate(value: value, n: clusterCount) }
    return Estimate(
      value: value, low: Moments.quantile(sorted, tail), high: Moments.quantile(sorted, 1 - tail), n: clusterCount)
  }

  /// The statistic with its bias-corrected and accelerated 95% interval (Efron 1987), the acceleration from a jackknife
  /// over clusters: one more evaluation for each cluster. Falls back on the percentiles where it is undefined (all
  /// replicates on one side of the estimate).
  ///
  /// - Throws: ``StatisticsError/tooFew(what:needed:found:)`` when it is undefined on the data themselves.
  public func bca(_ statistic: Statistic) throws -> Estimate {
    let value = try observed(statistic)
    guard let sorted = try replicates(statistic) else { return Estimate(value: value, n: clusterCount) }
    let below = sorted.count { $0 < value }
    let equal = sorted.count { $0 == value }
    let correction = Normal.quantile((Double(below) + Double(equal) / 2) / Double(sorted.count))

    let jackknife = try (0..<clusterCount).compactMap { left in
      try statistic(clusters.map { $0 == left ? 0 : 1 })
    }
    let mean = Moments.mean(jackknife)
    let squares = jackknife.reduce(0) { $0 + (mean - $1) * (mean - $1) }
    let cubes = jackknife.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
    let acceleration = squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0

    func end(_ z: Double) -> Double {
      guard correction.isFinite else { return Normal.cumulative(z) }
      let shifted = correction + z
      return Normal.cumulative(correction + shifted / (1 - acceleration * shifted))
    }
    return Estimate(
      value: value, low: Moments.quantile(sorted, end(-Normal.z95)), high: Moments.quantile(sorted, end(Normal.z95)),
      n: clusterCount)
  }

  /// The mean of a value per row, with its percentile interval.
  ///
  /// - Throws: ``StatisticsError/lengths(what:expected:found:)`` unless there is one value for each row.
  public func mean(_ values: [Double]) throws -> Estimate {
    guard values.count == clusters.count else {
      throw StatisticsError.lengths(what: "values", expected: clusters.count, found: values.count)
    }
    return try percentile { counts in
      var sum = 0.0
      var weight = 0.0
      for (value, count) in zip(values, counts) {
        sum += Double(count) * value
        weight += Double(count)
      }
      return weight > 0 ? sum / weight : nil
    }
  }

  /// The mean of `a - b` row by row, with its percentile interval.
  ///
  /// - Throws: ``StatisticsError/lengths(what:expected:found:)`` unless there is one of each for each row.
  public func pairedDifference(_ a: [Double], _ b: [Double]) throws -> Estimate {
    guard a.count == b.count else {
      throw StatisticsError.lengths(what: "paired values", expected: a.count, found: b.count)
    }
    return try mean(zip(a, b).map { $0 - $1 })
  }

  private func observed(_ statistic: Statistic) throws -> Double {
    guard let value = try statistic([Int32](repeating: 1, count: clusters.count)) else {
      throw StatisticsError.tooFew(what: "rows of each kind that the statistic compares", needed: 1, found: 0)
    }
    return value
  }

  private func replicates(_ statistic: Statistic) throws -> [Double]? {
    let values = try counts.compactMap { try statistic($0) }.filter { !$0.isNaN }
    return 2 * values.count > counts.count ? values.sorted() : nil
  }
}
