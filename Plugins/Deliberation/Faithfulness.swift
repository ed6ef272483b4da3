import Deliberation
import Experiment
import Statistics
import Tensor
import Transformer

/// One `{faithfulness}` cell as it runs.
struct Faithfulness {
  /// Before any thought, and at each tenth.
  static let places = 11

  private let settings: FaithfulnessSettings
  private let context: CellContext
  private let asked: AskedRequests
  private let deliberator: Deliberator
  private let resamples: Resamples
  /// `[requests][tokens]`
  private let prompts: [[Int]]
  /// The thoughts without their marks: `[requests][tokens]`.
  private let inner: [[Int]]
  /// What they came to. `[requests]`
  private let final: [Decision]

  init(_ settings: FaithfulnessSettings, in context: CellContext) throws {
    (self.settings, self.context) = (settings, context)
    let asked = try AskedRequests(settings.design, in: context)
    let deliberator = try Deliberator(
      settings.policy.fitting(try context.subject), subject: try context.subject)
    let prompts = try asked.texts.map { try deliberator.prompter.prompt([.user($0)], leaving: deliberator.room) }
    let runs = try deliberator.runs(prompts, isScoring: true)
    let thoughts = try deliberator.decided(
      runs.map { [deliberator.prompter.thought($0[0], budget: settings.budget)] }, after: prompts, isScoring: true)
    // What a thought that failed comes to is the policy's, and not the model's.
    let whole = thoughts.indices.filter { [.closed, .exhausted].contains(thoughts[$0][0].ending) }
    guard whole.count >= 8 else { throw TooFewRequests(found: whole.count) }
    self.asked = asked.selecting(whole)
    self.prompts = whole.map { prompts[$0] }
    inner = whole.map { deliberator.prompter.inner(of: thoughts[$0][0]) }
    final = whole.map { thoughts[$0][0].vote.decision ?? .refuse }
    self.deliberator = deliberator
    resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(clusters: self.asked.clusters)
  }

  func results() throws -> Results {
    var results = Results()
    let early = try earlyDecisions()
    let swaps = try swapped()
    let cuts = try cut()
    let probe = try probe()
    results.values = [
      "n": .integer(prompts.count), "early": early.value, "swapped": swaps.value, "cut": cuts.value,
    ]
    if let probe { results.values["probe"] = probe.value }
    results.headline = ["early.start", "swapped.opposite.followed", "cut.thoughts.kept"]
    results.figures = [early.figure(beside: probe)] + [Self.bars(swaps.bars + cuts.bars)]
    if let probe { results.figures.append(probe.map) }
    if probe == nil {
      results.notes.append("All decisions, or nearly all, are alike: there is nothing that a probe could tell apart.")
    }
    return results
  }

  private func rate(_ flags: [Bool]) throws -> Estimate { try resamples.mean(flags.map { $0 ? 1 : 0 }) }

  private func likeliest(_ odds: [Decision: Double]) -> Decision {
    Decision.allCases.max { odds[$0, default: 0] < odds[$1, default: 0] } ?? .refuse
  }

  /// How many tokens of a thought stand before a place.
  private func count(_ request: Int, _ place: Int) -> Int { inner[request].count * place / (Self.places - 1) }

  // MARK: Early answering

  private struct Early {
    let agreement, accuracy, refusal: [Estimate]

    var value: Value {
      .group([
        "agreement": .list(agreement.map(Value.estimate)), "accuracy": .list(accuracy.map(Value.estimate)),
        "refusal_agreement": .list(refusal.map(Value.estimate)), "start": .estimate(agreement[0]),
        "gain": .number(accuracy[Faithfulness.places - 1].value - accuracy[0].value),
      ])
    }

    func figure(beside probe: Probe?) -> Figure {
      let x = (0..<Faithfulness.places).map { Double($0) * 10 }
      var series: [LineChart.Series] = [
        .init("decision is the final one", x: x, y: agreement), .init("decision is right", x: x, y: accuracy),
      ]
      if let probe {
        series.append(.init("AUROC of the final refusal", role: .baseline, x: x, y: probe.best))
        series.append(.init("AUROC, shuffled", role: .null, x: x, y: probe.shuffled))
      }
      return Figure(
        caption:
          "Decisions when the thoughts end early, and how far the final refusal can be read from the state there.",
        content: .lines(
          LineChart(
            xAxis: .init("thoughts so far", unit: "%"), yAxis: .init("share, or AUROC", range: 0...1), series: series)))
    }
  }

  private func earlyDecisions() throws -> Early {
    var (agreement, accuracy, refusal): ([Estimate], [Estimate], [Estimate]) = ([], [], [])
    for place in 0..<Self.places {
      try context.progress(place, of: Self.places + 4)
      let odds = try deliberator.probabilities(
        after: prompts.indices.map { request in
          prompts[request] + deliberator.prompter.enclosed(Array(inner[request].prefix(count(request, place))))
        })
      let decisions = odds.map(likeliest)
      agreement.append(try rate(zip(decisions, final).map { $0 == $1 }))
      accuracy.append(try rate(zip(decisions, asked.right).map { $0 == $1 }))
      refusal.append(try rate(zip(decisions, final).map { ($0 == .refuse) == ($1 == .refuse) }))
    }
    return Early(agreement: agreement, accuracy: accuracy, refusal: refusal)
  }

  // MARK: Other thoughts

  private struct Part {
    let value: Value
    let bars: [BarChart.Group]
  }

  /// Thoughts of a request that was decided the other way, and of another that was decided alike.
  private func swapped() throws -> Part {
    try context.progress(Self.places, of: Self.places + 4)
    var generator = context.stream("swapped").generator()
    let order = prompts.indices.shuffled(using: &generator)
    func donor(of request: Int, opposite: Bool) -> Int? {
      // From the request's own place on, so that donors differ.
      let start = order.firstIndex(of: request) ?? 0
      return (1..<order.count).map { order[(start + $0) % order.count] }.first { other in
        ((final[other] == .refuse) != (final[request] == .refuse)) == opposite
      }
    }
    var values: [String: Value] = [:]
    var bars: [BarChart.Bar] = []
    for (name, opposite) in [("opposite", true), ("alike", false)] {
      let pairs = prompts.indices.compactMap { request in donor(of: request, opposite: opposite).map { (request, $0) } }
      guard pairs.count >= 8 else { continue }
      let odds = try deliberator.probabilities(
        after: pairs.map { prompts[$0.0] + deliberator.prompter.enclosed(inner[$0.1]) })
      let decisions = odds.map(likeliest)
      let kept = try Proportion(
        successes: zip(pairs, decisions).count { (final[$0.0] == .refuse) == ($1 == .refuse) }, trials: pairs.count
      ).wilson
      let followed = try Proportion(
        successes: zip(pairs, decisions).count { (final[$0.1] == .refuse) == ($1 == .refuse) }, trials: pairs.count
      ).wilson
      values[name] = .group(["kept": .estimate(kept), "followed": .estimate(followed), "n": .integer(pairs.count)])
      bars.append(
        .init(
          opposite ? "thoughts of one decided the other way" : "thoughts of one decided alike",
          role: opposite ? .effect : .null, kept))
    }
    return Part(value: .group(values), bars: bars.isEmpty ? [] : [.init("thoughts swapped", bars)])
  }

  /// The place of the decision cannot see the thoughts, or the request, or as many other tokens.
  private func cut() throws -> Part {
    try context.progress(Self.places + 1, of: Self.places + 4)
    let sequences = zip(prompts, inner).map { $0 + deliberator.prompter.enclosed($1) }
    let last = sequences.map { [$0.count - 1] }
    var generator = context.stream("other edges").generator()
    // Where thoughts begin: behind the prompt, and behind the mark before them, if there is one.
    let thoughts = zip(prompts, sequences).map { prompt, whole in Array(prompt.count..<whole.count - 1) }
    let requests = prompts.map { Array(0..<$0.count) }
    let some = zip(sequences, thoughts).map { whole, thoughts in
      Array((0..<whole.count - 1).shuffled(using: &generator).prefix(thoughts.count / 2)).sorted()
    }
    var values: [String: Value] = [:]
    var bars: [BarChart.Bar] = []
    let arms: [(name: String, says: String, keys: [[Int]], role: Figure.Role)] = [
      ("thoughts", "does not see the thoughts", thoughts, .effect),
      ("request", "does not see the request", requests, .effect),
      ("some", "does not see half as many, drawn of both", some, .null),
    ]
    for arm in arms where arm.keys.allSatisfy({ !$0.isEmpty }) {
      let odds = try deliberator.probabilities(
        after: sequences, [.knockout(queries: .indices(last), keys: .indices(arm.keys))])
      let decisions = odds.map(likeliest)
      let kept = try rate(zip(decisions, final).map { ($0 == .refuse) == ($1 == .refuse) })
      values[arm.name] = .group([
        "kept": .estimate(kept), "accuracy": .estimate(try rate(zip(decisions, asked.right).map { $0 == $1 })),
      ])
      bars.append(.init(arm.says, role: arm.role, kept))
    }
    return Part(value: .group(values), bars: bars.isEmpty ? [] : [.init("attention cut: the decision", bars)])
  }

  private static func bars(_ groups: [BarChart.Group]) -> Figure {
    Figure(
      name: "interventions", caption: "Decisions to refuse or not that stay as they were.",
      content: .bars(BarChart(axis: .init("share kept", range: 0...1), groups: groups)))
  }

  // MARK: The probe

  struct Probe {
    let layers: [Int]
    /// `[layers][places]`
    let areas: [[Estimate]]
    /// At each place the best of the layers, and the mean of the best with shuffled labels. `[places]`
    let best, shuffled: [Estimate]
    /// The family-wise p-value of the layers at each place. `[places]`
    let p: [Double]
    let words: Estimate
    let map: Figure

    var value: Value {
      .group([
        "auroc": .list(best.map(Value.estimate)), "shuffled": .list(shuffled.map(Value.estimate)),
        "p": .list(p.map(Value.number)), "start": .estimate(best[0]), "end": .estimate(best[best.count - 1]),
        "bag_of_words": .estimate(words),
      ])
    }
  }

  /// Whether the final decision is to refuse, read from the state at each place; `nil` if nearly all decisions are alike.
  private func probe() throws -> Probe? {
    let labels = final.map { $0 == .refuse }
    guard min(labels.count { $0 }, labels.count { !$0 }) >= 2 * settings.folds else { return nil }
    let model = deliberator.subject.model
    let layers = settings.layers.resolved(count: model.configuration.layers)
    guard !layers.isEmpty else { throw StatisticsError.tooFew(what: "layers to read", needed: 1, found: 0) }
    let sequences = zip(prompts, inner).map { $0 + deliberator.prompter.enclosed($1) }
    let places = prompts.indices.map { request in
      // At 0 the last token of the prompt; behind it a mark, if there is one, and the thoughts.
      (0..<Self.places).map { place in
        place == 0 ? prompts[request].count - 1 : prompts[request].count + count(request, place)
      }.map { min($0, sequences[request].count - 1) }
    }
    let hooks = layers.map { HookPattern(HookPoint(settings.site.hook, layer: $0)) }
    let forward = try model.forward(
      sequences, capture: hooks, at: .indices(places.map { Array(Set($0)).sorted() }), logits: .none)
    let groups = settings.group.map { column in Samples.groups(of: asked.rows.map { $0[column]?.plain ?? "" }) }
    let folds = try Folds.grouped(
      groups: groups ?? Array(labels.indices), labels: labels, count: settings.folds, stream: context.stream("folds"))
    // What is resampled together has much in common, too: each kind of group is respected in turn, and what it takes to
    // be better than chance is the most that any of them says. [kinds][permutations][requests]
    let kinds = groups.map { [$0] + (settings.cluster == nil ? [] : [asked.clusters]) } ?? [asked.clusters]
    let shuffles = try kinds.enumerated().map { kind, groups in
      try GroupedLabels(labels: labels, groups: groups, folds: folds)
        .shuffles(settings.permutations, stream: context.stream("permutation").child(kind))
    }
    try context.progress(Self.places + 2, of: Self.places + 4)
    let grid = layers.indices.flatMap { layer in (0..<Self.places).map { (layer, $0) } }
    let found = try Threads.map(grid.count) { index -> (Estimate, [Double]) in
      let (layer, place) = grid[index]
      let hook = HookPoint(settings.site.hook, layer: layers[layer])
      let features = try RealMatrix(
        labels.indices.map { request in
          let whole = try forward.activation(hook, sequence: request)
          let width = whole.shape.dropFirst().reduce(1, *)
          let row = Array(Set(places[request])).sorted().firstIndex(of: places[request][place]) ?? 0
          return whole.values[row * width..<(row + 1) * width].map(Double.init)
        })
      let result = try CrossValidation(try Samples(features: features, labels: labels), .meanDifference, folds)
      return (
        try result.auroc(resamples),
        try CrossValidation.aurocs(features, labellings: [labels] + shuffles.joined(), .meanDifference, folds)
      )
    }
    func entry(_ layer: Int, _ place: Int) -> (Estimate, [Double]) { found[layer * Self.places + place] }
    var (best, shuffled, p): ([Estimate], [Estimate], [Double]) = ([], [], [])
    for place in 0..<Self.places {
      let column = layers.indices.map { entry($0, place) }
      best.append(column.map(\.0).reduce(column[0].0) { $1.value > $0.value ? $1 : $0 })
      let tests = try kinds.indices.map { kind in
        try MaxStatistic(
          observed: column.map { $0.1[0] },
          permuted: column.map {
            Array($0.1.dropFirst(1 + kind * settings.permutations).prefix(settings.permutations))
          })
      }
      let means = tests.map { $0.maxima.reduce(0, +) / Double($0.maxima.count) }
      shuffled.append(Estimate(value: means.max() ?? 0.5))
      p.append(tests.map(\.overall).max() ?? 1)
    }
    let words = try bagOfWords(labels, folds)
    let areas = layers.indices.map { layer in (0..<Self.places).map { entry(layer, $0).0 } }
    let map = Figure(
      name: "probe", caption: "AUROC of a probe for the final refusal, by layer and by how much was thought.",
      content: .heatmap(
        Heatmap(
          rowAxis: .init("layer (\(settings.site.written))"), rows: layers.map { "\($0)" },
          columnAxis: .init("thoughts so far"), columns: (0..<Self.places).map { "\($0 * 10)%" },
          quantity: .init("AUROC", range: 0.5...1), cells: areas.map { $0.map { $0 } })))
    return Probe(layers: layers, areas: areas, best: best, shuffled: shuffled, p: p, words: words, map: map)
  }

  private func bagOfWords(_ labels: [Bool], _ folds: Folds) throws -> Estimate {
    try CrossValidation(words: asked.texts, labels: labels, folds).auroc(resamples)
  }
}
