import Statistics
import Tensor
import Testing

/// Ratios and rates over resamples, with planted truths.
@Suite("Shares")
struct SharesTests {
  private let stream = RandomStream(seed: 12, purpose: "shares")

  private func width(_ estimate: Estimate) throws -> Double {
    try #require(estimate.high) - (try #require(estimate.low))
  }

  /// Whether each arm's trial of each row succeeded, when every row has a rate of its own that all arms share.
  private func arms(_ count: Int, rates: [Double], _ stream: RandomStream) -> [[Bool?]] {
    (0..<count).map { arm in rates.indices.map { stream.child(arm).uniform(at: UInt64($0)) < rates[$0] } }
  }

  @Test("Where every row has the same share of its own gap there is no doubt about it, however gaps differ.")
  func exact() throws {
    let gaps = RandomDirection.gaussian(30, stream: stream.child("gaps")).map { 1 + 0.5 * $0 }
    let share = try Bootstrap(stream: stream).draw(rows: 30).ratio(of: gaps.map { 0.25 * $0 }, to: gaps)
    #expect(share == Estimate(value: 0.25, low: 0.25, high: 0.25, n: 30))
    let none = try Bootstrap(stream: stream).draw(rows: 30).ratio(of: gaps.map { _ in 0 }, to: gaps.map { -$0 })
    #expect(none.value == 0 && none.value.sign == .plus)
  }

  @Test("Intervals of a share cover it about 95 times in 100; those with the gap held fixed miss it far more often.")
  func coverage() throws {
    let trials = 300
    let resamples = try Bootstrap(stream: stream, resamples: 400).draw(rows: 40)
    var covered = (together: 0, fixed: 0)
    for trial in 0..<trials {
      let draws = stream.child(trial)
      let gaps = RandomDirection.gaussian(40, stream: draws.child("gap")).map { 1 + $0 }
      // What is left is the same everywhere, and knows nothing of the gap.
      let left = RandomDirection.gaussian(40, stream: draws.child("left")).map { 0.8 + 0.1 * $0 }
      let gap = gaps.reduce(0, +) / 40
      for (estimate, isFixed) in [
        (try resamples.ratio(of: left, to: gaps), false), (try resamples.mean(left.map { $0 / gap }), true),
      ] {
        guard try #require(estimate.low) < 0.8, try #require(estimate.high) > 0.8 else { continue }
        if isFixed { covered.fixed += 1 } else { covered.together += 1 }
      }
    }
    #expect((0.90...0.99).contains(Double(covered.together) / Double(trials)), "\(covered)")
    #expect(Double(covered.fixed) / Double(trials) < 0.5, "\(covered)")
  }

  @Test("Resamples without a gap are left out, and data without one are an error.")
  func undefined() throws {
    let resamples = try Bootstrap(stream: stream, resamples: 200).draw(rows: 4)
    let some = try resamples.ratio(of: { Double($0[0]) }, to: { Double($0[0] + $0[1]) })
    #expect(some.value == 0.5 && some.low == 0 && some.high == 1)
    #expect(throws: StatisticsError.self) { try resamples.ratio(of: [1, 1, 1, 1], to: [1, -1, 1, -1]) }
    #expect(throws: StatisticsError.self) { try resamples.ratio(of: [1, 1, 1, 1], to: [1, 1]) }
  }

  @Test("Ten arms that agree on every prompt tell as much of other prompts as one of them, and no more.")
  func agreeing() throws {
    let resamples = try Bootstrap(stream: stream).draw(rows: 40)
    let arm: [Bool?] = (0..<40).map { $0 % 4 == 0 }
    let (one, ten) = (try resamples.rate([arm]), try resamples.rate(Array(repeating: arm, count: 10)))
    #expect(one == (try Proportion(successes: 10, trials: 40).wilson))
    #expect(ten.value == 0.25 && ten.n == 40)
    #expect(try width(ten) >= width(one))
    #expect(try width(ten) > 2 * width(Proportion(successes: 100, trials: 400).wilson))
  }

  @Test("Rates of prompts that differ are covered about 95 times in 100; as independent trials they would not be.")
  func clustered() throws {
    let trials = 300
    let resamples = try Bootstrap(stream: stream, resamples: 400).draw(rows: 40)
    var covered = (clustered: 0, independent: 0)
    for trial in 0..<trials {
      let draws = stream.child(trial)
      // Rates of 0.05 or 0.95, half of each on average: 0.5.
      let rates = (0..<40).map { draws.uniform(at: UInt64($0)) < 0.5 ? 0.05 : 0.95 }
      let arms = arms(10, rates: rates, draws.child("arms"))
      let rate = try resamples.rate(arms)
      if try #require(rate.low) < 0.5, try #require(rate.high) > 0.5 { covered.clustered += 1 }
      let pooled = try Proportion(successes: arms.joined().count { $0 == true }, trials: 400).wilson
      if try #require(pooled.low) < 0.5, try #require(pooled.high) > 0.5 { covered.independent += 1 }
    }
    #expect((0.90...0.99).contains(Double(covered.clustered) / Double(trials)), "\(covered)")
    #expect(Double(covered.independent) / Double(trials) < 0.7, "\(covered)")
  }

  @Test("Where all trials end alike, or all but one, the interval is that of as many prompts, and not a point.")
  func degenerate() throws {
    let resamples = try Bootstrap(stream: stream).draw(rows: 20)
    let never = [[Bool?]](repeating: Array(repeating: false, count: 20), count: 6)
    let always = never.map { $0.map { _ in true as Bool? } }
    // Newcombe 1998, table I: 0/20.
    let (none, all) = (try resamples.rate(never), try resamples.rate(always))
    #expect(none.low == 0 && none.n == 20 && all.high == 1 && all.n == 20)
    for bound in [try #require(none.high), 1 - (try #require(all.low))] { #expect(abs(bound - 0.1611) < 5e-5) }
    var once = never
    once[3][7] = true
    let one = try resamples.rate(once)
    #expect(abs(one.value - 1.0 / 120) < 1e-15)
    #expect(try #require(one.high) > (try #require(none.high)) && (try #require(one.low)) >= 0)
  }

  @Test("Only trials that count are counted, and only prompts that have one.")
  func conditional() throws {
    let resamples = try Bootstrap(stream: stream).draw(rows: 6)
    let arms: [[Bool?]] = [[true, nil, false, nil, true, nil], [true, nil, nil, nil, false, false]]
    let rate = try resamples.rate(arms)
    #expect(rate.value == 0.5 && rate.n == 4)
    #expect(throws: StatisticsError.self) { try resamples.rate([[nil, nil, nil, nil, nil, nil]]) }
    #expect(throws: StatisticsError.self) { try resamples.rate([[true, false]]) }
  }

  @Test("Rows of one cluster count as one prompt.")
  func clusters() throws {
    let arm: [Bool?] = (0..<40).map { $0 / 4 < 3 }
    let rate = try Bootstrap(stream: stream).draw(clusters: (0..<40).map { $0 / 4 }).rate([arm])
    #expect(rate.n == 10 && abs(rate.value - 0.3) < 1e-15)
    #expect(try width(rate) >= width(Proportion(successes: 3, trials: 10).wilson))
  }
}
