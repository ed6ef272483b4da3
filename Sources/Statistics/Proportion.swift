/// Successes among trials.
public struct Proportion: Hashable, Codable, Sendable {
  /// How many succeeded.
  public let successes: Int
  /// How many were tried.
  public let trials: Int

  /// - Throws: ``StatisticsError`` without trials, or with more successes than trials.
  public init(successes: Int, trials: Int) throws {
    guard trials > 0 else { throw StatisticsError.tooFew(what: "trials", needed: 1, found: trials) }
    guard (0...trials).contains(successes) else {
      throw StatisticsError.parameter(name: "successes", allowed: "in 0...\(trials)", found: Double(successes))
    }
    self.successes = successes
    self.trials = trials
  }

  /// Successes / trials.
  public var value: Double { Double(successes) / Double(trials) }

  /// The share with Wilson's 95% score interval (Wilson 1927): honest at 0 and 1, where a normal interval has no width.
  public var wilson: Estimate { Self.wilson(value, of: trials) }

  /// Wilson's interval of a share of some trials, which need not be a whole number of them.
  static func wilson(_ share: Double, of trials: Int) -> Estimate {
    let n = Double(trials)
    let z2 = Normal.z95 * Normal.z95
    let centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    let margin =
      Normal.z95 * (share * (1 - share) / n + z2 / (4 * n * n)).squareRoot() / (1 + z2 / n)
    return Estimate(
      value: share, low: share == 0 ? 0 : max(0, centre - margin),
      high: share == 1 ? 1 : min(1, centre + margin), n: trials)
  }
}
