/// A grid of statistics tested as one family: each is compared with the *largest* of the whole grid under permutation,
/// so that the chance of any false alarm is the level, however the cells hang together (Westfall and Young 1993,
/// single step).
public struct MaxStatistic: Hashable, Codable, Sendable {
  /// The statistics on the data as they are, cell by cell.
  public let observed: [Double]
  /// The largest statistic of the grid under each permutation.
  public let maxima: [Double]

  /// - Parameters:
  ///   - observed: one statistic for each cell; large is extreme.
  ///   - permuted: `[cells][permutations]`; the i-th of every cell from the same permutation.
  /// - Throws: ``StatisticsError`` if lengths differ or there is nothing to compare.
  public init(observed: [Double], permuted: [[Double]]) throws {
    guard permuted.count == observed.count else {
      throw StatisticsError.lengths(what: "permuted cells", expected: observed.count, found: permuted.count)
    }
    guard let first = permuted.first, !first.isEmpty else {
      throw StatisticsError.tooFew(what: "permutations of at least one cell", needed: 1, found: 0)
    }
    if let odd = permuted.first(where: { $0.count != first.count }) {
      throw StatisticsError.lengths(what: "permutations of a cell", expected: first.count, found: odd.count)
    }
    self.observed = observed
    maxima = first.indices.map { index in permuted.reduce(-Double.infinity) { max($0, $1[index]) } }
  }

  /// From a function that gives the whole grid for one permutation.
  ///
  /// - Throws: what the function throws, or ``StatisticsError``.
  public init(
    observed: [Double], permutations: Int, grid: (_ permutation: Int) throws -> [Double]
  ) throws {
    guard permutations > 0 else { throw StatisticsError.tooFew(what: "permutations", needed: 1, found: permutations) }
    self.observed = observed
    maxima = try (0..<permutations).map { index in
      let values = try grid(index)
      guard values.count == observed.count else {
        throw StatisticsError.lengths(what: "cells of a permutation", expected: observed.count, found: values.count)
      }
      return values.reduce(-Double.infinity, max)
    }
  }

  /// The family-wise p-value of each cell.
  public var p: [Double] { observed.map { PermutationTest(statistic: $0, permuted: maxima).p } }

  /// The p-value of the whole grid: that of its largest cell.
  public var overall: Double { p.min() ?? 1 }

  /// What a cell must exceed to be significant at 5%, all cells allowed for.
  public var critical: Double { Moments.quantile(maxima.sorted(), Estimate.level) }
}
