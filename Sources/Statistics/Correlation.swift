/// How two lists go together.
public enum Correlation {
  /// Pearson's correlation; `nil` where a list is constant.
  ///
  /// - Throws: ``StatisticsError`` if lengths differ or there are fewer than two.
  public static func pearson(_ a: [Double], _ b: [Double]) throws -> Double? {
    guard a.count == b.count else {
      throw StatisticsError.lengths(what: "paired values", expected: a.count, found: b.count)
    }
    guard a.count > 1 else { throw StatisticsError.tooFew(what: "pairs", needed: 2, found: a.count) }
    let (meanA, meanB) = (Moments.mean(a), Moments.mean(b))
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      ab += (x - meanA) * (y - meanB)
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
    }
    return aa > 0 && bb > 0 ? max(-1, min(1, ab / (aa.squareRoot() * bb.squareRoot()))) : nil
  }

  /// Spearman's rank correlation, ties at mid-ranks; `nil` where a list is constant.
  ///
  /// - Throws: ``StatisticsError`` if lengths differ or there are fewer than two.
  public static func spearman(_ a: [Double], _ b: [Double]) throws -> Double? {
    try pearson(Ranks.mid(a), Ranks.mid(b))
  }

  /// A correlation's 95% interval by Fisher's z (1921), for independent pairs.
  public static func interval(_ r: Double, pairs: Int) -> Estimate {
    guard pairs > 3, abs(r) < 1 else { return Estimate(value: r, n: pairs) }
    let z = 0.5 * Elementary.log((1 + r) / (1 - r))
    let margin = Normal.z95 / Double(pairs - 3).squareRoot()
    // tanh(z) = 2 logistic(2z) - 1.
    func back(_ z: Double) -> Double { 2 * LinearModel.probability(2 * z) - 1 }
    return Estimate(value: r, low: back(z - margin), high: back(z + margin), n: pairs)
  }
}
