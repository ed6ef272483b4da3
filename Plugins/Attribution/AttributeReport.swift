import Experiment
import Statistics

/// What an `{attribute}` cell shows.
struct AttributeReport {
  let settings: AttributeCell.Settings
  let parts: Parts
  let groups: TwoGroups

  func results() throws -> Results {
    let gaps = try parts.normed.map(groups.gap)
    let raw = try parts.raw.map(groups.gap)
    let heads = try parts.heads.map { try $0.map(groups.gap) }
    let total = try groups.gap(parts.differences)
    // The stream up to and with each component.
    var running = parts.differences.map { _ in 0.0 }
    let accumulated = try parts.normed.map { values in
      running = zip(running, values).map(+)
      return try groups.gap(running)
    }
    let strongest = gaps.indices.max { gaps[$0].value < gaps[$1].value } ?? 0
    var results = Results()
    results.values = [
      "total": .estimate(total), "sum": .number(gaps.reduce(0) { $0 + $1.value }),
      "largest_error": .number(parts.largestError), "n": .integer(groups.harmful.count),
      "components": .group(
        Dictionary(uniqueKeysWithValues: zip(parts.names.map(Self.key), gaps.map(Value.estimate)))),
      "without_norm": .group(
        Dictionary(uniqueKeysWithValues: zip(parts.names.map(Self.key), raw.map(Value.estimate)))),
      "accumulated": .list(accumulated.map(Value.estimate)),
      "strongest": .group([
        "component": .text(parts.names[strongest]), "gap": .estimate(gaps[strongest]),
        "share": .number(gaps[strongest].value / total.value),
      ]),
    ]
    let places = heads.indices.flatMap { layer in heads[layer].indices.map { (layer, $0) } }
    if let best = places.max(by: { heads[$0.0][$0.1].value < heads[$1.0][$1.1].value }) {
      results.values["heads"] = .group([
        "strongest": .group([
          "layer": .integer(best.0), "head": .integer(best.1), "gap": .estimate(heads[best.0][best.1]),
          "share": .number(heads[best.0][best.1].value / total.value),
        ]),
        "gap": .list(heads.map { .list($0.map(Value.estimate)) }),
      ])
    }
    results.headline = ["total", "strongest.share"]
    results.figures = [bars(gaps)] + (heads.isEmpty ? [] : [map(heads)])
    results.tables = [
      Table(
        name: "components", caption: "What every component adds, harmful less harmless prompts.",
        columns: [
          .init("component"), .init("with the last norm", format: "%.3f"), .init("accumulated", format: "%.3f"),
          .init("without the norm", format: "%.3f"),
        ],
        rows: parts.names.indices.map {
          [.text(parts.names[$0]), .estimate(gaps[$0]), .estimate(accumulated[$0]), .estimate(raw[$0])]
        })
    ]
    return results
  }

  /// Paths cannot begin with a digit: `7.attn_out` is `attn_out_7`.
  private static func key(_ name: String) -> String {
    let pieces = name.split(separator: ".")
    return pieces.count == 2 ? "\(pieces[1])_\(pieces[0])" : name
  }

  private var what: String { "“\(settings.tokens[0])” less “\(settings.tokens[1])”" }

  private func bars(_ gaps: [Estimate]) -> Figure {
    Figure(
      caption: "What each component adds to the logit of \(what), harmful less harmless prompts.",
      content: .bars(
        BarChart(
          axis: .init("contribution", unit: "logits"),
          groups: [.init("", zip(parts.names, gaps).map { .init($0, $1) })], references: [.init(0, "none")])))
  }

  private func map(_ heads: [[Estimate]]) -> Figure {
    Figure(
      name: "heads", caption: "What each head adds to the logit of \(what), harmful less harmless prompts.",
      content: .heatmap(
        Heatmap(
          rowAxis: .init("head"), rows: (heads.first ?? []).indices.map { "\($0)" }, columnAxis: .init("layer"),
          columns: heads.indices.map { "\($0)" }, quantity: .init("contribution", unit: "logits"),
          cells: (heads.first ?? []).indices.map { head in heads.map { $0[head] } }, scale: .diverging)))
  }
}
