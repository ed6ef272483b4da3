/// McNemar's exact test on paired yes/no outcomes: do the two arms differ?
public struct McNemar: Hashable, Codable, Sendable {
  /// Pairs where only the first arm said yes.
  public let onlyFirst: Int
  /// Pairs where only the second arm said yes.
  public let onlySecond: Int

  /// From the discordant counts, not negative.
  public init(onlyFirst: Int, onlySecond: Int) throws {
    guard min(onlyFirst, onlySecond) >= 0 else {
      throw StatisticsError.parameter(
        name: "a discordant count", allowed: "0 or more", found: Double(min(onlyFirst, onlySecond)))
    }
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
  }

  /// From the outcomes themselves, pair by pair.
  ///
  /// - Throws: ``StatisticsError/lengths(what:expected:found:)`` unless both have the same length.
  public init(_ first: [Bool], _ second: [Bool]) throws {
    guard first.count == second.count else {
      throw StatisticsError.lengths(what: "paired outcomes", expected: first.count, found: second.count)
    }
    onlyFirst = zip(first, second).count { $0 && !$1 }
    onlySecond = zip(first, second).count { !$0 && $1 }
  }

  /// Two-sided: twice the smaller tail of Binomial(b + c, 1/2), at most 1 (McNemar 1947, in its exact form).
  public var p: Double {
    let n = onlyFirst + onlySecond
    let smaller = min(onlyFirst, onlySecond)
    // log of n choose k, term by term, so that no n overflows.
    var logTerm = Double(n) * Elementary.log(0.5)
    var tail = Elementary.exp(logTerm)
    for k in 0..<smaller {
      logTerm += Elementary.log(Double(n - k) / Double(k + 1))
      tail += Elementary.exp(logTerm)
    }
    return min(1, 2 * tail)
  }
}
