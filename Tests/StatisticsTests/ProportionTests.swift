import Statistics
import Testing

@Suite("Proportion")
struct ProportionTests {
  @Test("Wilson's interval has the published values.")
  func known() throws {
    // Newcombe 1998, table I: 81/263, 15/148, 0/20, 1/29.
    for (successes, trials, low, high) in [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
    ] {
      let wilson = try Proportion(successes: successes, trials: trials).wilson
      #expect(abs(try #require(wilson.low) - low) < 5e-5)
      #expect(abs(try #require(wilson.high) - high) < 5e-5)
      #expect(wilson.n == trials)
    }
  }

  @Test("Failures mirror successes.")
  func mirror() throws {
    for successes in 0...12 {
      let a = try Proportion(successes: successes, trials: 12).wilson
      let b = try Proportion(successes: 12 - successes, trials: 12).wilson
      #expect(abs(try #require(a.low) + (try #require(b.high)) - 1) < 1e-15)
    }
  }

  @Test("Impossible counts are errors.")
  func impossible() {
    #expect(throws: StatisticsError.self) { try Proportion(successes: 1, trials: 0) }
    #expect(throws: StatisticsError.self) { try Proportion(successes: 4, trials: 3) }
    #expect(throws: StatisticsError.self) { try Proportion(successes: -1, trials: 3) }
  }
}
