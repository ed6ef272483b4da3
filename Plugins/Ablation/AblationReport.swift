import Experiment
import Statistics

/// What an `{ablation}` cell reports.
struct AblationReport {
  let settings: AblationSettings
  let prompts: [Prompt]
  let unchanged: Arm.Outcome
  let changed: Arm.Outcome
  let controls: [Arm.Outcome]
  let sideEffects: SideEffects?
  /// The unchanged arm of the model whose weights cannot write along the direction; `nil` if it was not asked for.
  let orthogonalised: Arm.Outcome?

  func results(in context: CellContext) throws -> Results {
    let resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(rows: prompts.count)
    func summary(_ outcome: Arm.Outcome) throws -> [String: Value] {
      var values: [String: Value] = [
        "refusal_rate": .estimate(try outcome.refusalRate),
        "refusal_score": .estimate(try resamples.mean(outcome.scores)),
      ]
      if !settings.names.isEmpty, let rate = try outcome.namingRate { values["naming_rate"] = .estimate(rate) }
      return values
    }
    var results = Results()
    results.values = [
      "base": .group(try summary(unchanged)),
      "changed": .group(
        try summary(changed).merging([
          "fired": .integer(changed.fired), "altered": .integer(changed.changed),
        ]) { first, _ in first }),
      "effect": .group([
        "refusal_score": .estimate(try resamples.pairedDifference(changed.scores, unchanged.scores)),
        "refusal_rate": .estimate(
          try resamples.pairedDifference(
            changed.refuses.map { $0 ? 1 : 0 }, unchanged.refuses.map { $0 ? 1 : 0 })),
      ]),
      "n": .integer(prompts.count),
    ]
    if !controls.isEmpty { results.values["control"] = .group(try control(resamples)) }
    if let sideEffects { results.values["side_effects"] = .group(values(of: sideEffects)) }
    if let orthogonalised {
      results.values["weights"] = .group(
        try summary(orthogonalised).merging([
          "same_responses": .estimate(
            try Proportion(
              successes: zip(orthogonalised.responses, changed.responses).count { $0 == $1 }, trials: prompts.count
            ).wilson),
          "largest_score_difference": .number(
            zip(orthogonalised.scores, changed.scores).map { abs($0 - $1) }.max() ?? .nan),
        ]) { first, _ in first })
    }
    results.headline =
      ["changed.refusal_rate", "base.refusal_rate"] + (controls.isEmpty ? [] : ["control.refusal_rate"])
    results.figures = [try rates(resamples)]
    results.tables = [try table(resamples)]
    results.galleries = [gallery]
    return results
  }

  /// All controls together: how often they refuse, and the most extreme of them.
  private func control(_ resamples: Resamples) throws -> [String: Value] {
    let rates = try controls.map { try $0.refusalRate.value }
    let means = prompts.indices.map { prompt in
      controls.reduce(0) { $0 + $1.scores[prompt] } / Double(controls.count)
    }
    return [
      "refusal_rate": .estimate(try resamples.rate(controls.map(\.refuses))),
      "lowest_rate": .number(rates.min() ?? .nan), "highest_rate": .number(rates.max() ?? .nan),
      "refusal_score": .estimate(try resamples.mean(means)), "arms": .integer(controls.count),
    ]
  }

  private func values(of sideEffects: SideEffects) -> [String: Value] {
    var values: [String: Value] = ["divergence": .estimate(sideEffects.divergence)]
    if let base = sideEffects.baseLoss, let changed = sideEffects.changedLoss {
      values["base_loss"] = .estimate(base)
      values["loss"] = .estimate(changed)
    }
    return values
  }

  private func rates(_ resamples: Resamples) throws -> Figure {
    var bars = [
      BarChart.Bar(unchanged.arm.name, role: .baseline, try unchanged.refusalRate),
      BarChart.Bar(changed.arm.name, role: .effect, try changed.refusalRate),
    ]
    if !controls.isEmpty {
      bars.append(
        BarChart.Bar(
          controls.count == 1 ? controls[0].arm.name : "\(controls.count) random directions", role: .null,
          try resamples.rate(controls.map(\.refuses))))
    }
    return Figure(
      caption: "Share of responses that refuse, by arm, with 95% intervals.",
      content: .bars(
        BarChart(axis: .init("responses that refuse", unit: "share", range: 0...1), groups: [.init("", bars)])))
  }

  private func table(_ resamples: Resamples) throws -> Table {
    Table(
      name: "arms", caption: "Every arm, by what was said and by the first token's probabilities.",
      columns: [
        .init("arm"), .init("refuses (phrases)", format: "%.3f"), .init("refusal score", format: "%.2f"),
      ],
      rows: try ([unchanged, changed] + controls).map { outcome in
        [
          .text(outcome.arm.name), .estimate(try outcome.refusalRate),
          .estimate(try resamples.mean(outcome.scores)),
        ]
      })
  }

  /// Prompts whose answer turned from one side to the other come first.
  private var gallery: Gallery {
    let turned = prompts.indices.filter { unchanged.refuses[$0] != changed.refuses[$0] }
    let others = prompts.indices.filter { unchanged.refuses[$0] == changed.refuses[$0] }
    return Gallery(
      name: "responses", caption: "What the model said, with nothing changed and with the change.",
      entries: (turned + others).prefix(settings.gallery).map { index in
        Gallery.Entry(
          prompt: prompts[index].instructionText,
          responses: [unchanged, changed].map { outcome in
            Gallery.Response(
              arm: outcome.arm.name, text: outcome.responses[index],
              labels: [outcome.refuses[index] ? "refuses" : "answers"])
          })
      })
  }
}
