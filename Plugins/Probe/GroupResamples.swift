import Statistics

/// Bootstrap resamples of whole groups, a set of them for each kind of group.
///
/// Rows that share a template or an object are not independent, nor are combinations of templates and objects that share
/// one of them. With two kinds each is resampled whole in turn, and the interval spans both: with few templates and many
/// objects, either may be what makes the estimate uncertain.
struct GroupResamples {
  private let kinds: [Resamples]

  /// - Parameters:
  ///   - kinds: `[kinds][n]`, the group of each row; rows are resampled if there is no kind.
  ///   - rows: how many rows there are.
  /// - Throws: `StatisticsError` with fewer than two rows.
  init(_ kinds: [[Int]], rows: Int, _ bootstrap: Bootstrap) throws {
    // Of a kind that has one group only, such as the template of the test rows, nothing is known about others.
    let varying = kinds.filter { Set($0).count > 1 }
    self.kinds =
      varying.isEmpty ? [try bootstrap.draw(rows: rows)] : try varying.map { try bootstrap.draw(clusters: $0) }
  }

  /// A statistic with an interval that spans those of every kind; without one if a kind has none. `n` is the number of
  /// groups of the coarsest kind.
  func estimate(_ statistic: (Resamples) throws -> Estimate) throws -> Estimate {
    let estimates = try kinds.map(statistic)
    let (lows, highs) = (estimates.compactMap(\.low), estimates.compactMap(\.high))
    let isKnown = lows.count == estimates.count && highs.count == estimates.count
    return Estimate(
      value: estimates[0].value, low: isKnown ? lows.min() : nil, high: isKnown ? highs.max() : nil,
      n: estimates.compactMap(\.n).min())
  }
}
