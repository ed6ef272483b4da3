/// Where a curve over layers jumps: the split into two constant pieces with the least squared error.
public struct ChangePoint: Hashable, Codable, Sendable {
  /// The first index of the right piece.
  public let index: Int
  /// The mean right of the jump less the mean left of it.
  public let jump: Double
  /// The share of the curve's variance that the step explains: 1 is a pure step, a straight line has about 3/4.
  public let explained: Double

  /// The best single split of a curve; the first one where several are equally good.
  ///
  /// - Throws: ``StatisticsError/tooFew(what:needed:found:)`` with fewer than two points.
  public init(_ curve: [Double]) throws {
    let n = curve.count
    guard n > 1 else { throw StatisticsError.tooFew(what: "points of a curve", needed: 2, found: n) }
    let mean = Moments.mean(curve)
    let total = curve.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let sum = curve.reduce(0, +)
    // Least squared error = largest variance between the pieces, k (n - k) / n (right mean - left mean)².
    var best = (index: 1, jump: 0.0, between: -1.0)
    var left = 0.0
    for index in 1..<n {
      left += curve[index - 1]
      let jump = (sum - left) / Double(n - index) - left / Double(index)
      let between = Double(index * (n - index)) / Double(n) * jump * jump
      if between > best.between * (1 + 1e-12) { best = (index, jump, between) }
    }
    index = best.index
    jump = best.jump
    explained = total > 0 ? min(1, best.between / total) : 0
  }

  /// The jump of the mean of many curves, with percentile intervals over resampled curves.
  ///
  /// - Parameters:
  ///   - curves: `[n][points]`, one for each row that was resampled (a prompt, a pair).
  /// - Returns: the index of the jump and its height.
  /// - Throws: ``StatisticsError`` if lengths differ or there are fewer than two points.
  public static func estimate(
    curves: [[Double]], _ resamples: Resamples
  ) throws -> (index: Estimate, jump: Estimate) {
    let matrix = try RealMatrix(curves)
    func split(_ counts: [Int32]) throws -> ChangePoint? {
      guard counts.count == matrix.rows else {
        throw StatisticsError.lengths(what: "curves", expected: counts.count, found: matrix.rows)
      }
      let weight = counts.reduce(0.0) { $0 + Double($1) }
      guard weight > 0 else { return nil }
      return try ChangePoint(matrix.weightedRowSum(counts.map { Double($0) / weight }))
    }
    return (
      try resamples.percentile { try split($0).map { Double($0.index) } },
      try resamples.percentile { try split($0)?.jump }
    )
  }

  /// The onset: the first layer whose interval lies above a threshold; `nil` when none does.
  public static func onset(_ curve: [Estimate], above threshold: Double) -> Int? {
    curve.firstIndex { ($0.low ?? -.infinity) > threshold }
  }
}
