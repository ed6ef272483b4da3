import Experiment
import Statistics
import Tensor
import Transformer

/// What an `{interchange}` cell measures, and how it shows it.
struct InterchangeReport {
  private let settings: InterchangeSettings
  private let exchange: Exchange
  private let context: CellContext
  private let part: Exchange.Part
  private let resamples: Resamples

  init(_ settings: InterchangeSettings, _ exchange: Exchange, in context: CellContext) throws {
    (self.settings, self.exchange, self.context) = (settings, exchange, context)
    if let train = settings.train {
      let pairs = try PromptPairs(pair: settings.pair, target: settings.target, rows: train, in: context)
      let search = AlignmentSearch(
        exchange: try Exchange(settings, pairs: pairs, in: context), layer: settings.at, rank: settings.rank,
        steps: settings.steps)
      part = .span(try search.span(context.stream("search")) { try context.progress($0, of: $1) })
    } else if settings.along.isEmpty {
      part = .everything
    } else {
      part = .span(try Subspace(spannedBy: try settings.along.map { try context.direction($0).unit }))
    }
    resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(rows: exchange.pairs.count)
  }

  private func effects(
    _ square: TwoByTwo, _ name: String
  ) throws -> (harm: TwoByTwo.Effect, task: TwoByTwo.Effect, interaction: TwoByTwo.Effect) {
    try square.effects(resamples, permutations: settings.permutations, stream: context.stream("sign flips/\(name)"))
  }

  func results() throws -> Results {
    let layers =
      settings.train == nil
      ? settings.layers.resolved(count: exchange.subject.model.configuration.layers) : [settings.at]
    let report = { @Sendable [context] (done: Int, total: Int) in try context.progress(done, of: total) }
    let swept = try exchange.scores(part, layers: layers, progress: report)
    let shares = try swept.map { try effects($0, "layers") }
    let chosen = try exchange.scores(part, layers: [settings.at])[0]
    let score = try effects(chosen, "score")
    let texts = try responses()
    let naming = try self.naming(texts).map { (square: $0, effects: try effects($0, "naming")) }

    var tests = [score.harm.p, score.task.p, score.interaction.p]
    if let naming { tests += [naming.effects.harm.p, naming.effects.task.p, naming.effects.interaction.p] }
    let adjusted = MultipleTesting.holm(tests)
    func group(_ effects: (harm: TwoByTwo.Effect, task: TwoByTwo.Effect, interaction: TwoByTwo.Effect), _ first: Int)
      -> [String: Value]
    {
      [
        "harm": .estimate(effects.harm.share), "task": .estimate(effects.task.share),
        "interaction": .estimate(effects.interaction.share), "p_harm": .number(adjusted[first]),
        "p_task": .number(adjusted[first + 1]), "p_interaction": .number(adjusted[first + 2]),
      ]
    }
    var results = Results()
    results.values = [
      "score": .group(group(score, 0).merging(["gap": .number(chosen.gap)]) { first, _ in first }),
      "layers": .group([
        "harm": .list(shares.map { .estimate($0.harm.share) }), "task": .list(shares.map { .estimate($0.task.share) }),
        "interaction": .list(shares.map { .estimate($0.interaction.share) }),
      ]),
      "refuses": .group(try texts.mapValues { .estimate(try rate($0)) }),
      "control": .group(try controls()), "pairs": .integer(exchange.pairs.count), "at": .integer(settings.at),
      "no_op": .number(0),
    ]
    if let naming {
      results.values["naming"] = .group(
        group(naming.effects, 3).merging(["gap": .number(naming.square.gap)]) { first, _ in first })
    }
    results.headline = ["score.harm"] + (naming == nil ? [] : ["naming.task"])
    if layers.count > 1 {
      results.figures = [curve(layers, shares.map(\.harm.share), shares.map(\.task.share))]
    }
    if settings.train != nil, case .span(let span) = part { results.directions = try learnt(span) }
    results.tables = [try table(chosen, texts, naming?.square)]
    if settings.gallery > 0 { results.galleries = [gallery(texts)] }
    return results
  }

  // MARK: Responses

  /// The four runs, as names of values and arms.
  private static let arms = [
    ("both_harmful", "harmful task, harmful state"), ("harmless_harm", "harmful task, harmless state"),
    ("harmful_harm", "harmless task, harmful state"), ("both_harmless", "harmless task, harmless state"),
  ]

  private func responses() throws -> [String: [String]] {
    func say(ofHarmful: Bool, _ changes: [Intervention]) throws -> [String] {
      try exchange.responses(ofHarmful: ofHarmful, changes, maxNewTokens: settings.maxNewTokens)
    }
    let texts = [
      "both_harmful": try say(ofHarmful: true, []), "both_harmless": try say(ofHarmful: false, []),
      "harmless_harm": try say(ofHarmful: true, [exchange.change(ofHarmful: true, part, layer: settings.at)]),
      "harmful_harm": try say(ofHarmful: false, [exchange.change(ofHarmful: false, part, layer: settings.at)]),
    ]
    // A prompt that is given its own state must say what it says.
    let same = [exchange.change(ofHarmful: true, .everything, from: .itself, layer: settings.at)]
    guard try say(ofHarmful: true, same) == texts["both_harmful"] else { throw OwnStateChanged() }
    return texts
  }

  private func rate(_ texts: [String]) throws -> Estimate {
    try Proportion(successes: texts.count(where: exchange.metric.refuses), trials: texts.count).wilson
  }

  /// Whose object a response speaks of: 1 the harmful prompt's, 0 the harmless one's, a half neither or both.
  private func naming(_ texts: [String: [String]]) throws -> TwoByTwo? {
    guard !settings.names.isEmpty else { return nil }
    let data = try context.data
    func object(_ prompt: Prompt) -> String { data.rows[prompt.row][settings.names]?.plain ?? "" }
    let objects = zip(exchange.pairs.harmful, exchange.pairs.harmless).map { (object($0), object($1)) }
    guard objects.contains(where: { $0.0 != $0.1 && !$0.0.isEmpty && !$0.1.isEmpty }) else { return nil }
    func sides(_ arm: String) -> [Double] {
      zip(texts[arm] ?? [], objects).map { text, objects in
        let (first, second) = (text.contains(objects.0), text.contains(objects.1))
        return first == second ? 0.5 : first ? 1 : 0
      }
    }
    let square = TwoByTwo(
      bothHarmful: sides("both_harmful"), harmlessHarm: sides("harmless_harm"), harmfulHarm: sides("harmful_harm"),
      bothHarmless: sides("both_harmless"))
    // Responses that name neither prompt's object say nothing of whose they speak of.
    return square.gap == 0 ? nil : square
  }

  /// The basis of a span that was learnt, with its provenance; its norms are those of the pairs' mean difference along it.
  private func learnt(_ span: Subspace) throws -> [String: Direction] {
    let rows = try exchange.differences(ofHarmful: false, layer: settings.at)
    let data = try context.data
    var directions: [String: Direction] = [:]
    for (index, vector) in span.basis.enumerated() {
      let along = rows.map { row in zip(row.prefix(vector.count), vector).reduce(0) { $0 + Double($1.0) * $1.1 } }
      directions["learnt_\(index)"] = Direction(
        hook: HookPoint(exchange.site, layer: settings.at).description,
        position: settings.positions.map { "\($0)" }.joined(separator: ", "), method: "distributed_alignment_search",
        model: exchange.subject.digest, data: data.digest, unit: vector.map(Float.init),
        norm: abs(along.reduce(0, +) / Double(max(1, along.count))))
    }
    return directions
  }

  // MARK: Controls

  /// The same exchange at places where it does not belong, and of random spans: the mean of their shares, and the size of
  /// the largest, whatever its sign.
  private func controls() throws -> [String: Value] {
    var generator = context.stream("wrong position").generator()
    // The same tokens, counted from the end, in both prompts.
    var elsewhere = (harmful: [[Int]](), harmless: [[Int]]())
    for pair in 0..<exchange.pairs.count {
      let counts = (exchange.pairs.harmful[pair].tokens.count, exchange.pairs.harmless[pair].tokens.count)
      let right =
        exchange.places.harmful[pair].map { counts.0 - $0 } + exchange.places.harmless[pair].map { counts.1 - $0 }
      let wrong = (1...min(counts.0, counts.1)).filter { !right.contains($0) }.shuffled(using: &generator)
        .prefix(exchange.places.harmful[pair].count)
      elsewhere.harmful.append(wrong.map { counts.0 - $0 })
      elsewhere.harmless.append(wrong.map { counts.1 - $0 })
    }
    var values: [String: Value] = [:]
    if elsewhere.harmful.allSatisfy({ !$0.isEmpty }) {
      let square = try exchange.scores(
        part, layers: [settings.at], at: Places(harmful: elsewhere.harmful, harmless: elsewhere.harmless))[0]
      values["wrong_position"] = .estimate(try effects(square, "wrong position").harm.share)
    }
    if case .span(let span) = part {
      let stream = context.stream("random spans")
      let shares = try (0..<settings.controls).map { index in
        let vectors = (0..<span.rank).map { vector in
          RandomDirection.unit(span.width, stream: stream.child(index).child(vector)).map(Float.init)
        }
        let square = try exchange.scores(.span(try Subspace(spannedBy: vectors)), layers: [settings.at])[0]
        return try effects(square, "random span").harm.share.value
      }
      values["random_span"] = .number(shares.reduce(0, +) / Double(shares.count))
      values["largest_random_span"] = .number(shares.map(abs).max() ?? .nan)
    }
    return values
  }

  // MARK: Shown

  private func curve(_ layers: [Int], _ harm: [Estimate], _ task: [Estimate]) -> Figure {
    let x = layers.map(Double.init)
    return Figure(
      caption:
        "Shares of the difference in refusal score that follow the state's source (harm) and the prompt's (task), "
        + "by the layer at which \(settings.site.written) is exchanged.",
      content: .lines(
        LineChart(
          xAxis: .init("layer (\(settings.site.written))"), yAxis: .init("share of the gap"),
          series: [
            .init("harm source", role: .effect, x: x, y: harm), .init("task source", role: .baseline, x: x, y: task),
          ], references: [.init(0, "none"), .init(1, "all")])))
  }

  private func table(_ score: TwoByTwo, _ texts: [String: [String]], _ naming: TwoByTwo?) throws -> Table {
    func mean(_ values: [Double]) throws -> Value { .estimate(try resamples.mean(values)) }
    func column(_ square: TwoByTwo) -> [[Double]] {
      [square.bothHarmful, square.harmlessHarm, square.harmfulHarm, square.bothHarmless]
    }
    let (scores, names) = (column(score), naming.map(column))
    return Table(
      name: "square", caption: "The four runs: whose task, and whose state at layer \(settings.at).",
      columns: [.init("run"), .init("refusal score", format: "%.2f"), .init("refuses", format: "%.2f")]
        + (naming == nil ? [] : [.init("names the harmful prompt's \(settings.names)", format: "%.2f")]),
      rows: try Self.arms.enumerated().map { index, arm in
        [.text(arm.1), try mean(scores[index]), .estimate(try rate(texts[arm.0] ?? []))]
          + (try names.map { [try mean($0[index])] } ?? [])
      })
  }

  private func gallery(_ texts: [String: [String]]) -> Gallery {
    Gallery(
      name: "responses", caption: "What the model says in each of the four runs.",
      entries: (0..<min(settings.gallery, exchange.pairs.count)).flatMap { pair in
        [(exchange.pairs.harmful[pair], Self.arms[..<2]), (exchange.pairs.harmless[pair], Self.arms[2...])].map {
          prompt, arms in
          Gallery.Entry(
            prompt: prompt.instructionText,
            responses: arms.map { name, label in
              let text = texts[name]?[pair] ?? ""
              return .init(arm: label, text: text, labels: [exchange.metric.refuses(text) ? "refuses" : "answers"])
            })
        }
      })
  }
}

/// Giving a run its own state changed what it says: the engine's promise is broken, and no effect can be believed.
struct OwnStateChanged: Error, CustomStringConvertible {
  var description: String {
    "a prompt that was given its own state said something else; it must leave every bit as it was: please report this"
  }
}
