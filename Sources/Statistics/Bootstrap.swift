import Tensor

/// Resampling with replacement, of rows or of clusters of rows (Efron and Tibshirani 1993).
///
///     let resamples = try Bootstrap(stream: stream, resamples: 2000).draw(clusters: templates)
///     let area = try resamples.percentile { ranking.auroc(counts: $0) }
public struct Bootstrap: Sendable, Hashable {
  /// Where the randomness comes from.
  public let stream: RandomStream
  /// How many resamples are drawn.
  public let resamples: Int

  /// - Parameter resamples: 2,000 give the ends of a 95% interval to about a twentieth of its width.
  public init(stream: RandomStream, resamples: Int = 2000) {
    self.stream = stream
    self.resamples = resamples
  }

  /// Resamples of independent rows.
  ///
  /// - Throws: ``StatisticsError/tooFew(what:needed:found:)`` with fewer than two rows.
  public func draw(rows: Int) throws -> Resamples { try draw(clusters: Array(0..<rows)) }

  /// Resamples of whole clusters: rows of one cluster (a prompt's positions, a pair, a template) come together.
  ///
  /// - Parameter clusters: `[n]`, the cluster of each row.
  /// - Throws: ``StatisticsError/tooFew(what:needed:found:)`` with fewer than two clusters.
  public func draw(clusters: [Int]) throws -> Resamples {
    let numbers = Samples.groups(of: clusters)
    let count = (numbers.max() ?? -1) + 1
    guard count > 1 else { throw StatisticsError.tooFew(what: "clusters to resample", needed: 2, found: count) }
    guard resamples > 1 else { throw StatisticsError.tooFew(what: "resamples", needed: 2, found: resamples) }
    let counts = (0..<resamples).map { resample in
      var times = [Int32](repeating: 0, count: count)
      for drawn in stream.child(resample).integers(count: count, below: count) { times[drawn] += 1 }
      return numbers.map { times[$0] }
    }
    return Resamples(counts: counts, clusters: numbers, clusterCount: count)
  }
}
