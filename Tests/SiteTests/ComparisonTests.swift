import Experiment
import Site
import Statistics
import Testing

@Suite("Two commits side by side")
struct ComparisonTests {
  private let site = Site(theme: Workspace().theme, output: Workspace().output)

  /// The page of two records that differ in one cell's results.
  private func page(_ before: Results, _ after: Results) throws -> String {
    func record(_ results: Results) -> Record {
      var record = SampleReport.record()
      record.cells[1].results = results
      return record
    }
    let comparison = RecordComparison("harmfulness-by-layer", from: record(before), to: record(after))
    return try site.comparison([comparison], from: "a", to: "b")
  }

  @Test("Only intervals that do not touch are beyond noise; what has none is said to have changed.")
  func movements() throws {
    func results(_ shift: Double) -> Results {
      var results = Results()
      results.values = [
        "apart": .estimate(Estimate(value: shift, low: shift - 0.1, high: shift + 0.1)),
        "close": .estimate(Estimate(value: shift, low: shift - 2, high: shift + 2)), "count": .number(shift),
        "name": .text("\(shift)"), "point": .estimate(Estimate(value: shift)),
      ]
      return results
    }
    let html = try page(results(1), results(2))
    #expect(html.contains("1 moved beyond the interval, 1 moved within it, 3 changed; no interval"))
    #expect(html.contains("<span class=\"move up\">beyond</span></td><td><code>refusal.apart</code>"))
    for path in ["count", "name", "point"] {
      #expect(html.contains("<span class=\"move \">changed; no interval</span></td><td><code>refusal.\(path)</code>"))
    }
  }

  /// The ticks of each drawing that stands under “before” and “after”.
  private func ticks(_ before: Figure.Content, _ after: Figure.Content) throws -> [[String]] {
    func results(_ content: Figure.Content) -> Results {
      var results = Results()
      results.figures = [Figure(caption: "", content: content)]
      return results
    }
    return try page(results(before), results(after)).split(separator: "<svg class=\"plot wide\"").dropFirst().map {
      $0.prefix(upTo: $0.firstRange(of: "</svg>")?.lowerBound ?? $0.endIndex)
        .matches(of: /class="tick"[^>]*>([^<]*)</).map { String($0.1) }
    }
  }

  @Test("The figures before and after have the same ranges and colours, so that they can be compared by eye.")
  func ranges() throws {
    func estimates(_ scale: Double) -> [Estimate] { [1, 2, 3].map { Estimate(value: $0 * scale) } }
    func lines(_ scale: Double, _ title: String = "loss", range: ClosedRange<Double>? = nil) -> Figure.Content {
      .lines(
        LineChart(
          xAxis: .init("step"), yAxis: .init(title, range: range),
          series: [.init("a", x: [1, 2, 3].map { $0 * scale }, y: estimates(scale))]))
    }
    func bars(_ scale: Double) -> Figure.Content {
      .bars(BarChart(axis: .init("loss"), groups: [.init("", estimates(scale).map { .init("a", $0) })]))
    }
    func map(_ scale: Double) -> Figure.Content {
      .heatmap(
        Heatmap(
          rowAxis: .init("r"), rows: ["a"], columnAxis: .init("c"), columns: ["1", "2", "3"], quantity: .init("loss"),
          cells: [estimates(scale)]))
    }
    for (before, after) in [
      (lines(1), lines(7)), (bars(1), bars(7)), (map(1), map(7)), (lines(1, range: 0...3), lines(7, range: 1...9)),
    ] {
      let ticks = try ticks(before, after)
      #expect(ticks.count == 2 && ticks[0].count > 2 && ticks[0] == ticks[1], "\(ticks)")
    }
    let others = try ticks(lines(1), lines(7, "accuracy"))
    #expect(others[0] != others[1], "another quantity has a range of its own")
  }
}
