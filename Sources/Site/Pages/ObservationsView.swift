import Experiment
import Statistics

/// What was measured while a record was made, beside what arithmetic says it should be.
///
/// It comes from a commit's message and not from the record, so it is drawn here and has no data file.
struct ObservationsView {
  let observationsID: String
  let drawing: String
  let caption: String
  let size: String
  let table: TableView

  /// - Returns: `nil` if there is nothing.
  init?(_ observations: [Observation], of label: String) {
    guard !observations.isEmpty else { return nil }
    let isPredicted = observations.contains { $0.predicted != nil }
    observationsID = Numbering.id("measured", label)
    caption =
      "the median, with the range over \(observations[0].times) times"
      + (isPredicted ? ", above what arithmetic says, which depends on no machine." : ".")
    size = Words.count(observations.count, "observation")
    // Where arithmetic says what to expect, that is what is drawn.
    let unit = (observations.first { $0.predicted != nil } ?? observations[0]).unit
    let groups = observations.filter { $0.unit == unit }.map { one in
      BarChart.Group(
        one.name,
        [BarChart.Bar("measured", Estimate(value: one.median, low: one.least, high: one.greatest))]
          + (one.predicted.map { [BarChart.Bar("by arithmetic", role: .baseline, Estimate(value: $0))] } ?? []))
    }
    drawing = SVG.inline(
      Figure(name: "measured", caption: caption, content: .bars(BarChart(axis: .init(unit), groups: groups))))
    table = TableView(
      Table(
        name: "measured", caption: "Median and range.",
        columns: [
          .init("what"), .init("unit"), .init("median", format: "%.4g"), .init("least", format: "%.4g"),
          .init("greatest", format: "%.4g"), .init("times", format: "%.0f"),
        ] + (isPredicted ? [.init("by arithmetic", format: "%.4g")] : []),
        rows: observations.map { one in
          [
            .text(one.name), .text(one.unit), .number(one.median), .number(one.least), .number(one.greatest),
            .integer(one.times),
          ] + (isPredicted ? [one.predicted.map { .number($0) } ?? .text("")] : [])
        }), id: Numbering.id("tbl", "\(label).measured"), number: "Measured")
  }
}
