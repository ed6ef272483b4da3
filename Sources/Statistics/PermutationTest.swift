import Tensor

/// A statistic, and how often chance alone does as well.
public struct PermutationTest: Hashable, Codable, Sendable {
  /// The statistic on the data as they are.
  public let statistic: Double
  /// `(1 + those at least as extreme) / (1 + permutations)` (Phipson and Smyth 2010), or the exact share.
  public let p: Double
  /// How many permutations were looked at.
  public let permutations: Int
  /// Whether they were all there are.
  public let exact: Bool

  /// One-sided: large statistics are extreme.
  ///
  /// - Parameter permuted: the statistic under each random permutation.
  public init(statistic: Double, permuted: [Double]) {
    self.statistic = statistic
    permutations = permuted.count
    exact = false
    p = Double(1 + permuted.count { $0 >= statistic }) / Double(1 + permuted.count)
  }

  private init(statistic: Double, share: Double, of permutations: Int) {
    self.statistic = statistic
    self.permutations = permutations
    exact = true
    p = share
  }

  /// The paired test of Fisher: is the mean of paired differences zero? Two-sided; each difference could as well have
  /// had the other sign. All sign patterns are tried when that is no more work than sampling.
  ///
  /// - Throws: ``StatisticsError/tooFew(what:needed:found:)`` without differences.
  public static func signFlip(
    _ differences: [Double], permutations: Int = 10_000, stream: RandomStream
  ) throws -> PermutationTest {
    let n = differences.count
    guard n > 0 else { throw StatisticsError.tooFew(what: "paired differences", needed: 1, found: 0) }
    let observed = differences.reduce(0, +)
    // Sums in another order differ in the last bits; what should be equal must count as equal.
    let bar = abs(observed) - 1e-12 * differences.reduce(0) { $0 + abs($1) }
    let mean = observed / Double(n)
    if n < 62, 1 << n <= max(permutations, 1 << 12) {
      let extreme = (0..<(1 << n)).count { pattern in
        var sum = 0.0
        for index in 0..<n { sum += pattern >> index & 1 == 1 ? -differences[index] : differences[index] }
        return abs(sum) >= bar
      }
      return PermutationTest(statistic: mean, share: Double(extreme) / Double(1 << n), of: 1 << n)
    }
    let words = UInt64((n + 63) / 64)
    let extreme = (0..<permutations).count { permutation in
      var sum = 0.0
      var signs: UInt64 = 0
      for index in 0..<n {
        if index & 63 == 0 { signs = stream.bits(at: UInt64(permutation) * words + UInt64(index >> 6)) }
        sum += signs & 1 == 1 ? -differences[index] : differences[index]
        signs >>= 1
      }
      return abs(sum) >= bar
    }
    return PermutationTest(mean: mean, extreme: extreme, of: permutations)
  }

  private init(mean: Double, extreme: Int, of permutations: Int) {
    statistic = mean
    self.permutations = permutations
    exact = false
    p = Double(1 + extreme) / Double(1 + permutations)
  }
}
