import Experiment
import Statistics
import Testing

@Suite("Tables")
struct TableTests {
  @Test("CSV quotes what needs it and spreads estimates over four columns.")
  func csv() {
    let table = Table(
      caption: "", columns: [.init("a, b"), .init("x")],
      rows: [
        [.text("says \"no\""), .estimate(Estimate(value: 0.5, low: 0.25, high: 0.75, n: 8))],
        [.text("line\nbreak"), .number(3)],
      ])
    #expect(
      table.csv == "\"a, b\",x,x low,x high,x n\r\n\"says \"\"no\"\"\",0.5,0.25,0.75,8\r\n\"line\nbreak\",3,,,\r\n")
  }
}
