extension Resamples {
  /// One mean over another, such as an effect as a share of a gap, with its percentile interval.
  ///
  /// - Parameters:
  ///   - a: `[n]`, what the share is of, row by row.
  ///   - b: `[n]`, what is all of it, row by row.
  /// - Throws: ``StatisticsError/lengths(what:expected:found:)`` unless there is one of each for each row;
  ///   ``StatisticsError/tooFew(what:needed:found:)`` if `b` is 0 on average.
  public func ratio(of a: [Double], to b: [Double]) throws -> Estimate {
    for values in [a, b] where values.count != clusters.count {
      throw StatisticsError.lengths(what: "values", expected: clusters.count, found: values.count)
    }
    func sum(_ values: [Double], _ counts: [Int32]) -> Double {
      zip(values, counts).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    return try ratio(of: { sum(a, $0) }, to: { sum(b, $0) })
  }

  /// One statistic over another, with its percentile interval.
  ///
  /// Both are computed from the same resample. A denominator held fixed would be taken as known exactly: the interval
  /// would be too narrow where it varies by itself, and too wide where the two go together. Resamples in which the
  /// denominator is 0 are left out.
  ///
  /// - Throws: ``StatisticsError/tooFew(what:needed:found:)`` when the ratio is undefined on the data themselves.
  public func ratio(of a: Statistic, to b: Statistic) throws -> Estimate {
    try percentile { counts in
      guard let a = try a(counts), let b = try b(counts), b != 0 else { return nil }
      // None of a negative gap is 0, without a sign.
      return a == 0 ? 0 : a / b
    }
  }

  /// How often several arms, such as random directions, succeed on the same rows: the share of all their trials, with its
  /// 95% interval. `n` is the number of clusters in which something was tried.
  ///
  /// Trials of one row are not independent. More arms tell better what these prompts give, not what others would, so
  /// whole clusters are resampled. Where every trial ends alike resamples have no spread, and where few do not they have
  /// too little: the bootstrap would claim what the data cannot tell. So either end is the farther one of its interval
  /// and of Wilson's for a single trial in each cluster, as if all arms agreed on a prompt. Where there is no more than
  /// that one trial, the interval is Wilson's.
  ///
  /// - Parameter arms: `[arms][n]`, whether each row's trial succeeded; `nil` where there is none to count.
  /// - Throws: ``StatisticsError/lengths(what:expected:found:)`` unless an arm has one for each row;
  ///   ``StatisticsError/tooFew(what:needed:found:)`` without trials.
  public func rate(_ arms: [[Bool?]]) throws -> Estimate {
    var successes = [Double](repeating: 0, count: clusters.count)
    var trials = successes
    for arm in arms {
      guard arm.count == clusters.count else {
        throw StatisticsError.lengths(what: "trials of an arm", expected: clusters.count, found: arm.count)
      }
      for (row, success) in arm.enumerated() {
        guard let success else { continue }
        trials[row] += 1
        if success { successes[row] += 1 }
      }
    }
    let share = try ratio(of: successes, to: trials)
    let tried = Set(clusters.indices.filter { trials[$0] > 0 }.map { clusters[$0] }).count
    let wilson = Proportion.wilson(share.value, of: tried)
    guard trials.reduce(0, +) > Double(tried), let low = share.low, let high = share.high else { return wilson }
    return Estimate(
      value: share.value, low: min(low, wilson.low ?? low), high: max(high, wilson.high ?? high), n: tried)
  }
}
