import Experiment
import Statistics

/// What a `{geometry}` cell reports.
struct GeometryReport {
  let settings: GeometrySettings
  let names: [String]
  let transfers: [CategoryTransfer]
  let spans: [CategorySpan]
  let gap: LogitGap
  let n: Int

  private var layers: [Double] { transfers.indices.map(Double.init) }

  func results() -> Results {
    var results = Results()
    // A layer that is never reached lies behind the last.
    func first(_ curve: [Estimate]) -> Int {
      ChangePoint.onset(curve, above: settings.threshold) ?? transfers.count
    }
    let (readable, merged) = (first(transfers.map(\.within)), first(transfers.map(\.across)))
    results.values = [
      "within": .list(transfers.map { .estimate($0.within) }), "across": .list(transfers.map { .estimate($0.across) }),
      "participation": .list(spans.map { .estimate($0.ratio) }),
      "shuffled": .list(spans.map { .estimate($0.shuffled) }),
      "readable": .group(["layer": .integer(readable), "ever": .flag(readable < transfers.count)]),
      "merged": .group(["layer": .integer(merged), "ever": .flag(merged < transfers.count)]),
      "gap": .list(gap.curve.map(Value.estimate)),
      "jump": .group([
        "block": .estimate(gap.block), "height": .estimate(gap.jump), "explained": .estimate(gap.explained),
        "share": .estimate(gap.share),
      ]),
      "categories": .integer(names.count), "n": .integer(n),
    ]
    results.headline = ["readable.layer", "merged.layer", "jump.block"]
    results.figures = [transfer, participation, logits]
    return results
  }

  private var axis: Figure.Axis { .init("layer (\(settings.site.written))") }

  private var transfer: Figure {
    Figure(
      caption: "AUROC of one category's direction on test prompts of that category, and of the others; mean over "
        + "\(names.joined(separator: ", ")).",
      content: .lines(
        LineChart(
          xAxis: axis, yAxis: .init("AUROC", range: 0...1),
          series: [
            .init("same category", role: .baseline, x: layers, y: transfers.map(\.within)),
            .init("other categories", x: layers, y: transfers.map(\.across)),
          ],
          references: [.init(0.5, "chance")])))
  }

  private var participation: Figure {
    Figure(
      name: "participation",
      caption: "Dimensions that the directions of \(names.count) categories span, and what they span with categories "
        + "dealt anew among harmful prompts (band: all \(settings.shuffles) deals).",
      content: .lines(
        LineChart(
          xAxis: axis, yAxis: .init("participation ratio", range: 0...Double(names.count)),
          series: [
            .init("categories", x: layers, y: spans.map(\.ratio)),
            .init("shuffled categories", role: .null, x: layers, y: spans.map(\.shuffled)),
          ],
          references: [.init(Double(names.count), "orthogonal"), .init(1, "one direction")])))
  }

  private var logits: Figure {
    Figure(
      name: "gap",
      caption: "Logit of “\(settings.tokens[0])” less “\(settings.tokens[1])”, harmful less harmless prompts, before "
        + "each block and behind the last.",
      content: .lines(
        LineChart(
          xAxis: .init("blocks passed"), yAxis: .init("gap", unit: "logits"),
          series: [.init("gap", x: gap.curve.indices.map(Double.init), y: gap.curve)],
          references: [.init(0, "none")])))
  }
}
