import Foundation
import Statistics
import Tensor
import Testing

@Suite("Ranking")
struct RankingTests {
  /// Random scores on a coarse grid (many ties) with random labels.
  private static func example(_ seed: UInt64, rows: Int = 40) -> (scores: [Double], labels: [Bool]) {
    let stream = RandomStream(seed: seed, purpose: "ranking")
    return (
      (0..<rows).map { (stream.uniform(at: UInt64($0)) * 12).rounded() - 6 },
      (0..<rows).map { stream.uniform(at: UInt64(1000 + $0)) < 0.4 }
    )
  }

  private static func byPairs(_ scores: [Double], _ labels: [Bool], _ strata: [Int]) -> Double {
    var (won, all) = (0.0, 0.0)
    for i in scores.indices where labels[i] {
      for j in scores.indices where !labels[j] && strata[i] == strata[j] {
        won += scores[i] > scores[j] ? 1 : (scores[i] == scores[j] ? 0.5 : 0)
        all += 1
      }
    }
    return won / all
  }

  @Test("AUROC is the share of pairs in order, ties a half, within strata if there are any.", arguments: 1...10)
  func definition(seed: UInt64) throws {
    let (scores, labels) = Self.example(seed)
    let one = [Int](repeating: 0, count: scores.count)
    let strata = scores.indices.map { $0 % 3 }
    #expect(try Ranking(scores: scores, labels: labels).auroc == Self.byPairs(scores, labels, one))
    #expect(
      try Ranking(scores: scores, labels: labels, strata: strata).auroc == Self.byPairs(scores, labels, strata))
  }

  @Test("AUROC keeps its value under increasing transforms and mirrors under decreasing ones.", arguments: 1...10)
  func invariance(seed: UInt64) throws {
    let (scores, labels) = Self.example(seed)
    let area = try #require(try Ranking(scores: scores, labels: labels).auroc)
    #expect(try Ranking(scores: scores.map { exp($0) }, labels: labels).auroc == area)
    #expect(try Ranking(scores: scores.map { 3 * $0 + 100 }, labels: labels).auroc == area)
    let mirrored = try #require(try Ranking(scores: scores.map { -$0 }, labels: labels).auroc)
    let swapped = try #require(try Ranking(scores: scores, labels: labels.map { !$0 }).auroc)
    #expect(abs(mirrored - (1 - area)) < 1e-15)
    #expect(swapped == mirrored)
  }

  @Test("Counts stand for repeated rows.", arguments: 1...5)
  func counts(seed: UInt64) throws {
    let (scores, labels) = Self.example(seed)
    let counts = scores.indices.map { Int32($0 % 4) }
    let rows = scores.indices.flatMap { [Int](repeating: $0, count: Int(counts[$0])) }
    let repeated = try Ranking(scores: rows.map { scores[$0] }, labels: rows.map { labels[$0] })
    #expect(try Ranking(scores: scores, labels: labels).auroc(counts: counts) == repeated.auroc)
  }

  @Test("Without a pair there is no area, and scores that are no numbers are an error.")
  func undefined() throws {
    #expect(try Ranking(scores: [1, 2], labels: [true, true]).auroc == nil)
    #expect(try Ranking(scores: [1, 2], labels: [true, false], strata: [0, 1]).auroc == nil)
    #expect(throws: StatisticsError.self) { try Ranking(scores: [.nan, 1], labels: [true, false]) }
    #expect(throws: StatisticsError.self) { try Ranking(scores: [1], labels: [true, false]) }
  }

  @Test("DeLong's error agrees with the definition, and its interval covers the truth about 95 times in 100.")
  func delong() throws {
    // Unit normals one apart: AUROC = Phi(1 / sqrt 2).
    let truth = Normal.cumulative(0.5.squareRoot())
    let trials = 300
    let covered = try (0..<trials).count { trial in
      let draw = RandomDirection.gaussian(80, stream: RandomStream(seed: UInt64(trial), purpose: "delong"))
      let labels = (0..<80).map { $0 % 2 == 0 }
      let estimate = try Ranking(scores: zip(draw, labels).map { $0 + ($1 ? 1 : 0) }, labels: labels).delong()
      return try #require(estimate.low) < truth && truth < (try #require(estimate.high))
    }
    #expect((0.91...0.99).contains(Double(covered) / Double(trials)))
    let perfect = try Ranking(scores: (0..<40).map(Double.init), labels: (0..<40).map { $0 >= 20 }).delong()
    #expect(perfect.value == 1 && perfect.high == 1)
    #expect((0.7..<0.9).contains(try #require(perfect.low)))
  }
}
