import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// One `{steer}` cell as it runs.
struct Steering {
  private let settings: SteerSettings
  private let context: CellContext
  private let subject: Subject
  private let metric: RefusalMetric
  private let direction: Direction
  private let prompts: [Prompt]
  private let layers: [Int]
  private let doses: [Double]
  private let resamples: Resamples

  init(_ settings: SteerSettings, in context: CellContext) throws {
    (self.settings, self.context) = (settings, context)
    subject = try context.subject
    metric = try RefusalMetric(tokens: settings.refusalTokens, phrases: settings.refusalPhrases, subject: subject)
    guard let reference = settings.direction else {
      throw Problem("“direction” is missing", at: context.scope.cell.location)
    }
    direction = try context.direction(reference)
    prompts = try context.prompts(where: settings.rows)
    layers = settings.layers.resolved(count: subject.model.configuration.layers)
    doses = Set(settings.doses).sorted()
    resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(rows: prompts.count)
  }

  /// A dose of a unit vector from a layer on, or there alone; nothing at dose 0, which would add zeros.
  private func change(_ unit: [Float], dose: Double, from layer: Int) throws -> Intervention {
    let site = try HookPoint(direction.hook).site
    let last = settings.span == .single ? layer : subject.model.configuration.layers - 1
    let positions: Positions =
      switch settings.extent {
      case .all: .all
      case .prompt: .prompt
      case .last: .last
      case .response: .fromGenerated(0)
      }
    return Intervention(
      at: [HookPattern(site, layers: .some(Array(layer...last)))], positions: positions,
      operation: .add(unit, scale: dose * direction.norm))
  }

  /// The refusal scores of every prompt, for each arm: `[arm][prompt]`.
  private func scores(_ arms: [[Intervention]], reports: Bool = false) throws -> [[Double]] {
    let sweep = try Sweep(of: subject.model, over: prompts.map(\.tokens), arms: arms)
    let progress = { @Sendable [context] (done: Int, total: Int) in try context.progress(done, of: total) }
    return try sweep.run(progress: reports ? progress : nil) { [metric] in metric.score($0.logits.values) }.values
  }

  func results() throws -> Results {
    let arms = try layers.flatMap { layer in
      try doses.map { [try change(direction.unit, dose: $0, from: layer)] }
    }
    let all = try scores([[]] + arms, reports: true)
    // [layer][dose][prompt]
    let swept = layers.indices.map { l in doses.indices.map { all[1 + l * doses.count + $0] } }
    guard let zero = doses.firstIndex(of: 0), swept.allSatisfy({ $0[zero] == all[0] }) else { throw NothingChanged() }

    let own = try doses.map { [try change(direction.unit, dose: $0, from: settings.at)] }
    let curve = try scores(own)
    let stream = context.stream("random directions")
    let randoms = try (0..<settings.controls).map { index in
      let unit = RandomDirection.unit(direction.unit.count, stream: stream.child(index)).map(Float.init)
      return try scores(try doses.map { [try change(unit, dose: $0, from: settings.at)] })
    }
    // The mean over random directions, prompt by prompt: [dose][prompt].
    let random = doses.indices.map { dose in
      prompts.indices.map { prompt in
        randoms.reduce(0) { $0 + $1[dose][prompt] } / Double(randoms.count)
      }
    }
    let texts = try own.map { changes in
      try subject.model.generate(
        prompts: prompts.map(\.tokens),
        options: GenerationOptions(maxNewTokens: settings.maxNewTokens, stop: subject.stop, interventions: changes)
      ).sequences.map { subject.tokenizer.decode($0.text) }
    }
    let effects = try settings.sideEffects.map { filter in
      let spared = try context.prompts(where: filter)
      return try own.map { try SideEffects(of: $0, on: spared, resamples: settings.resamples, in: context) }
    }
    return try report(swept, curve, random, texts, effects)
  }

  // MARK: What is shown

  private func report(
    _ swept: [[[Double]]], _ curve: [[Double]], _ random: [[Double]], _ texts: [[String]], _ effects: [SideEffects]?
  ) throws -> Results {
    let means = try curve.map(resamples.mean)
    let randomMeans = try random.map(resamples.mean)
    let rates = try texts.map {
      try Proportion(successes: $0.count(where: metric.refuses), trials: $0.count).wilson
    }
    let map = try swept.map { try $0.map(resamples.mean) }
    let byLayer = try swept.map { try resamples.mean(slopes($0)) }
    let steepest = byLayer.indices.max { byLayer[$0].value < byLayer[$1].value } ?? 0
    var results = Results()
    results.values = [
      "doses": .list(doses.map(Value.number)), "score": .list(means.map(Value.estimate)),
      "refusal_rate": .list(rates.map(Value.estimate)), "slope": .estimate(try resamples.mean(slopes(curve))),
      "layers": .group(["slope": .list(byLayer.map(Value.estimate))]),
      "steepest": .group(["layer": .integer(layers[steepest]), "slope": .estimate(byLayer[steepest])]),
      "control": .group([
        "slope": .estimate(try resamples.mean(slopes(random))), "score": .list(randomMeans.map(Value.estimate)),
        "arms": .integer(settings.controls),
      ]),
      "at": .integer(settings.at), "no_op": .number(0), "n": .integer(prompts.count),
    ]
    if let effects {
      var values: [String: Value] = ["divergence": .list(effects.map { .estimate($0.divergence) })]
      let losses = effects.compactMap(\.changedLoss)
      if losses.count == effects.count { values["loss"] = .list(losses.map(Value.estimate)) }
      results.values["side_effects"] = .group(values)
    }
    results.headline = ["slope", "control.slope"]
    results.figures = [
      Figure(
        caption:
          "Mean refusal score by dose of the direction, added from layer \(settings.at), and of random directions.",
        content: .lines(
          LineChart(
            xAxis: .init("dose", unit: "raw differences"), yAxis: .init("refusal score", unit: "log-odds"),
            series: [
              .init("direction", role: .effect, x: doses, y: means),
              .init("\(settings.controls) random directions", role: .null, x: doses, y: randomMeans),
            ], references: [.init(0, "even odds")]))),
      Figure(
        name: "onset", caption: "Mean refusal score by dose and onset layer.",
        content: .heatmap(
          Heatmap(
            rowAxis: .init("dose"), rows: doses.map { String(format: "%g", $0) }, columnAxis: .init("onset layer"),
            columns: layers.map { "\($0)" }, quantity: .init("refusal score", unit: "log-odds"),
            cells: doses.indices.map { dose in layers.indices.map { map[$0][dose] } }, scale: .diverging))),
    ]
    results.tables = [table(means, rates, randomMeans, effects)]
    guard settings.gallery > 0 else { return results }
    results.galleries = [
      Gallery(
        name: "responses", caption: "The same requests at every dose.",
        entries: (0..<min(settings.gallery, prompts.count)).map { prompt in
          Gallery.Entry(
            prompt: prompts[prompt].instructionText,
            responses: doses.indices.map { dose in
              let text = texts[dose][prompt]
              return .init(
                arm: "dose \(String(format: "%g", doses[dose]))", text: text,
                labels: [metric.refuses(text) ? "refuses" : "answers"])
            })
        })
    ]
    return results
  }

  /// Each prompt's slope of the score over doses, by least squares: `[prompt]`.
  private func slopes(_ scores: [[Double]]) -> [Double] {
    let mean = doses.reduce(0, +) / Double(doses.count)
    let spread = doses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return prompts.indices.map { prompt in
      zip(doses, scores).reduce(0) { $0 + ($1.0 - mean) * $1.1[prompt] } / spread
    }
  }

  private func table(
    _ means: [Estimate], _ rates: [Estimate], _ random: [Estimate], _ effects: [SideEffects]?
  ) -> Table {
    let hasLoss = effects?.allSatisfy { $0.changedLoss != nil } ?? false
    return Table(
      name: "doses", caption: "Every dose at layer \(settings.at).",
      columns: [
        .init("dose", format: "%g"), .init("refusal score", format: "%.2f"), .init("refuses (phrases)", format: "%.2f"),
        .init("score, random directions", format: "%.2f"),
      ] + (effects == nil ? [] : [.init("KL on others", format: "%.4f")])
        + (hasLoss ? [.init("loss on others", format: "%.3f")] : []),
      rows: doses.indices.map { dose in
        var row: [Value] = [
          .number(doses[dose]), .estimate(means[dose]), .estimate(rates[dose]), .estimate(random[dose]),
        ]
        if let effect = effects?[dose] {
          row.append(.estimate(effect.divergence))
          if hasLoss, let loss = effect.changedLoss { row.append(.estimate(loss)) }
        }
        return row
      })
  }
}

/// A dose of nothing changed a score: the engine's promise is broken, and no effect can be believed.
struct NothingChanged: Error, CustomStringConvertible {
  var description: String {
    "adding a direction zero times changed a refusal score; it must leave every bit as it was: please report this"
  }
}
