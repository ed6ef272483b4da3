import Statistics
import Testing

@Suite("McNemar")
struct McNemarTests {
  @Test("The p-value is that of the enumerated coin tosses.", arguments: 0...12)
  func enumerated(tosses: Int) throws {
    for onlyFirst in 0...tosses {
      let smaller = min(onlyFirst, tosses - onlyFirst)
      let asExtreme = (0..<(1 << tosses)).count { pattern in
        min(pattern.nonzeroBitCount, tosses - pattern.nonzeroBitCount) <= smaller
      }
      let test = try McNemar(onlyFirst: onlyFirst, onlySecond: tosses - onlyFirst)
      #expect(abs(test.p - Double(asExtreme) / Double(1 << tosses)) < 1e-12)
    }
  }

  @Test("Only discordant pairs count, and many of them do not overflow.")
  func outcomes() throws {
    let test = try McNemar([true, true, false, true, false], [true, false, false, false, true])
    #expect(try test == McNemar(onlyFirst: 2, onlySecond: 1))
    #expect(try McNemar(onlyFirst: 3000, onlySecond: 3000).p == 1)
    #expect(try McNemar(onlyFirst: 3200, onlySecond: 2800).p < 1e-6)
    #expect(throws: StatisticsError.self) { try McNemar([true], []) }
    #expect(throws: StatisticsError.self) { try McNemar(onlyFirst: -1, onlySecond: 2) }
  }
}
