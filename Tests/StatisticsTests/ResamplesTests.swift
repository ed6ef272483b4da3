import Foundation
import Statistics
import Tensor
import Testing

@Suite("Resamples")
struct ResamplesTests {
  private let stream = RandomStream(seed: 8, purpose: "resamples")

  @Test("Bootstrap intervals of a mean cover it about 95 times in 100.", arguments: [false, true])
  func coverage(bca: Bool) throws {
    let trials = 400
    let resamples = try Bootstrap(stream: stream, resamples: 400).draw(rows: 40)
    let covered = try (0..<trials).count { trial in
      let draw = RandomDirection.gaussian(40, stream: stream.child(trial))
      let mean: Resamples.Statistic = { counts in
        zip(draw, counts).reduce(0) { $0 + $1.0 * Double($1.1) } / Double(counts.reduce(0, +))
      }
      let estimate = try bca ? resamples.bca(mean) : resamples.percentile(mean)
      return try #require(estimate.low) < 0 && 0 < (try #require(estimate.high))
    }
    #expect((0.90...0.99).contains(Double(covered) / Double(trials)))
  }

  @Test("For a skewed statistic the accelerated interval reaches further to the long side than the percentiles.")
  func skew() throws {
    let draw = RandomDirection.gaussian(30, stream: stream.child("skew")).map { exp(1.2 * $0) }
    let resamples = try Bootstrap(stream: stream).draw(rows: 30)
    let mean: Resamples.Statistic = { counts in
      zip(draw, counts).reduce(0) { $0 + $1.0 * Double($1.1) } / Double(counts.reduce(0, +))
    }
    let (percentile, bca) = (try resamples.percentile(mean), try resamples.bca(mean))
    #expect(try #require(bca.high) > (try #require(percentile.high)))
    #expect(try #require(bca.low) > (try #require(percentile.low)))
    #expect(bca.value == percentile.value)
  }

  @Test("Rows of a cluster come together, so that repeated rows do not narrow an interval.")
  func clusters() throws {
    let draw = RandomDirection.gaussian(25, stream: stream.child("clusters"))
    let bootstrap = Bootstrap(stream: stream, resamples: 500)
    let single = try bootstrap.draw(rows: 25).mean(draw)
    let repeated = try bootstrap.draw(clusters: (0..<100).map { $0 / 4 })
    let estimate = try repeated.mean((0..<100).map { draw[$0 / 4] })
    #expect(abs(try #require(estimate.low) - (try #require(single.low))) < 1e-12)
    #expect(estimate.n == 25)
    for counts in repeated.counts {
      for row in 0..<100 { #expect(counts[row] == counts[row / 4 * 4]) }
      #expect(counts.reduce(0, +) == 100)
    }
  }

  @Test("A paired difference is sharper than its parts.")
  func paired() throws {
    let base = RandomDirection.gaussian(60, stream: stream.child("base")).map { 10 * $0 }
    let more = zip(base, RandomDirection.gaussian(60, stream: stream.child("more"))).map { $0 + 1 + 0.5 * $1 }
    let difference = try Bootstrap(stream: stream).draw(rows: 60).pairedDifference(more, base)
    #expect(try #require(difference.low) > 0.7 && (try #require(difference.high)) < 1.3)
  }

  @Test("Undefined resamples are left out; mostly undefined ones leave no interval.")
  func undefined() throws {
    let resamples = try Bootstrap(stream: stream, resamples: 200).draw(rows: 6)
    let some = try resamples.percentile { $0[0] > 0 ? Double($0[0]) : nil }
    #expect(try #require(some.low) >= 1)
    let few = try resamples.percentile { $0.allSatisfy { $0 == 1 } ? 1 : nil }
    #expect(few.low == nil && few.value == 1)
    #expect(throws: StatisticsError.self) { try resamples.percentile { _ in nil } }
    #expect(throws: StatisticsError.self) { try Bootstrap(stream: stream).draw(clusters: [3, 3]) }
  }
}
