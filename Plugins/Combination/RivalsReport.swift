import Experiment
import Statistics

/// What a `{rivals}` cell reports.
struct RivalsReport {
  let run: RivalsRun
  /// The unchanged model, the head, the suppressor, both, and the controls.
  let outcomes: [RivalsRun.Outcome]

  private var base: RivalsRun.Outcome { outcomes[0] }
  private var controls: [RivalsRun.Outcome] { Array(outcomes.dropFirst(4)) }

  func results(in context: CellContext) throws -> Results {
    let harmless = try run.harmlessLogits()
    // Harmful prompts first: both classes are drawn together.
    let count = run.harmful.count
    let resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: run.settings.resamples)
      .draw(rows: count + harmless.count)
    func mean(_ values: [Double], _ counts: some Collection<Int32>) -> Double? {
      var (sum, weight) = (0.0, 0.0)
      for (value, count) in zip(values, counts) {
        sum += value * Double(count)
        weight += Double(count)
      }
      return weight > 0 ? sum / weight : nil
    }
    /// A mean over the harmful prompts less that over the harmless ones.
    func difference(
      _ outcome: RivalsRun.Outcome, _ value: (RivalsRun.Logits) -> Double, _ counts: [Int32]
    ) -> Double? {
      guard let high = mean(outcome.logits.map(value), counts.prefix(count)),
        let low = mean(harmless.map(value), counts.dropFirst(count))
      else { return nil }
      return high - low
    }
    let once = [Int32](repeating: 1, count: count + harmless.count)
    guard let whole = difference(base, \.gap, once), whole != 0 else { throw NoGap() }
    func kept(_ outcome: RivalsRun.Outcome) throws -> Estimate {
      try resamples.ratio(of: { difference(outcome, \.gap, $0) }, to: { difference(base, \.gap, $0) })
    }
    func values(_ outcome: RivalsRun.Outcome) throws -> [String: Value] {
      [
        "refusal_rate": .estimate(try rate(outcome)), "gap_kept": .estimate(try kept(outcome)),
        "refusal_score": .estimate(try resamples.percentile { mean(outcome.scores, $0.prefix(count)) }),
      ]
    }
    // Only harmful prompts are answered by other heads at their means.
    let refusals = controls.map { $0.refuses + [Bool?](repeating: nil, count: harmless.count) }
    let controlGap = try resamples.ratio(
      of: { counts in
        let gaps = controls.compactMap { difference($0, \.gap, counts) }
        return gaps.isEmpty ? nil : Mean.of(gaps)
      }, to: { difference(base, \.gap, $0) })
    var results = Results()
    results.values = [
      "base": .group(try values(base)),
      "gap": .estimate(try resamples.percentile { difference(base, \.gap, $0) }),
      "rise": .estimate(try resamples.percentile { difference(base, \.refuse, $0) }),
      "fall": .estimate(try resamples.percentile { difference(base, \.comply, $0).map { -$0 } }),
      // Of the gap, what comes from the compliance token lying lower rather than the refusal token higher.
      "suppression": .estimate(
        try resamples.ratio(
          of: { difference(base, \.comply, $0).map { -$0 } }, to: { difference(base, \.gap, $0) })),
      "head": .group(
        try values(outcomes[1]).merging(["name": .text(run.reader.name)]) { first, _ in first }),
      "suppressor": .group(
        try values(outcomes[2]).merging(["name": .text(run.suppressor.name)]) { first, _ in first }),
      "both": .group(try values(outcomes[3])),
      "control": .group([
        "refusal_rate": .estimate(try resamples.rate(refusals)), "gap_kept": .estimate(controlGap),
        "arms": .integer(controls.count),
      ]),
      "n": .integer(count),
    ]
    results.headline = ["head.refusal_rate", "suppressor.refusal_rate", "suppression"]
    results.figures = try [rates(), components()]
    results.tables = [try table(kept)]
    results.galleries = [gallery]
    return results
  }

  private func rate(_ outcome: RivalsRun.Outcome) throws -> Estimate {
    try Proportion(successes: outcome.refuses.count { $0 }, trials: outcome.refuses.count).wilson
  }

  private func rates() throws -> Figure {
    Figure(
      caption: "Share of harmful test prompts that are refused, with a component set to its harmless mean at the last "
        + "token.",
      content: .bars(
        BarChart(
          axis: .init("responses that refuse", unit: "share", range: 0...1),
          groups: [.init("", try outcomes.map { .init($0.name, role: $0.role, try rate($0)) })])))
  }

  /// What each component is worth on the training prompts: heads and feed-forward layers, by layer.
  private func components() throws -> Figure {
    let layers = Set(run.effects.map(\.component.layer)).sorted()
    let heads = Set(run.effects.compactMap(\.component.head)).sorted()
    func cells(_ head: Int?) -> [Estimate?] {
      layers.map { layer in
        run.effects.first { $0.component == Component(layer: layer, head: head) }.map { Estimate(value: $0.lost) }
      }
    }
    return Figure(
      name: "components",
      caption: "Logits of the gap that harmful training prompts lose when one component is set to its harmless mean; "
        + "the head that costs most is chosen here and tested above.",
      content: .heatmap(
        Heatmap(
          rowAxis: .init("component"), rows: heads.map { "head \($0)" } + ["mlp"], columnAxis: .init("layer"),
          columns: layers.map(String.init), quantity: .init("gap lost", unit: "logits"),
          cells: heads.map { cells($0) } + [cells(nil)], scale: .diverging,
          marks: [
            Heatmap.Mark(
              row: run.reader.head ?? heads.count, column: layers.firstIndex(of: run.reader.layer) ?? 0,
              label: "chosen")
          ])))
  }

  private func table(_ kept: (RivalsRun.Outcome) throws -> Estimate) throws -> Table {
    Table(
      name: "arms", caption: "Every way of answering the harmful test prompts.",
      columns: [
        .init("arm"), .init("refuses (phrases)", format: "%.3f"), .init("gap kept", format: "%.2f"),
        .init("refusal logit", format: "%.2f"), .init("compliance logit", format: "%.2f"),
        .init("refusal score", format: "%.2f"),
      ],
      rows: try outcomes.map { outcome in
        [
          .text(outcome.name), .estimate(try rate(outcome)), .estimate(try kept(outcome)),
          .number(Mean.of(outcome.logits.map(\.refuse))), .number(Mean.of(outcome.logits.map(\.comply))),
          .number(Mean.of(outcome.scores)),
        ]
      })
  }

  private var gallery: Gallery {
    let turned = run.harmful.indices.sorted { a, b in
      let (x, y) = (outcomes[1...3].contains { !$0.refuses[a] }, outcomes[1...3].contains { !$0.refuses[b] })
      return x == y ? a < b : x
    }
    return Gallery(
      name: "responses", caption: "What the model said, prompts whose refusal was lost first.",
      entries: turned.prefix(run.settings.gallery).map { index in
        Gallery.Entry(
          prompt: run.harmful[index].instructionText,
          responses: outcomes.prefix(4).map { outcome in
            Gallery.Response(
              arm: outcome.name, text: outcome.responses[index],
              labels: [outcome.refuses[index] ? "refuses" : "answers"])
          })
      })
  }
}
