import Experiment
import Statistics
import Transformer

/// One `{patch}` cell as it runs: both runs of every pair, and what putting one into the other does.
struct PatchRun {
  private let settings: PatchSettings
  private let context: CellContext
  private let subject: Subject
  private let pairs: PromptPairs
  private let axes: PatchAxes
  private let metric: PatchMetric
  private let path: PathPatching?
  /// The run that is patched, and the run that its patches come from: `[pair]`.
  private let base, source: [Prompt]
  private let own, other: Activations
  /// The unchanged run's, at the last token: `[pair][vocab]`.
  private let logits: [[Float]]
  /// Which token of each prompt a position is, in either run: `[position][pair]`.
  private let indices, sources: [[Int]]

  private var model: Model { subject.model }
  private var tokens: [[Int]] { base.map(\.tokens) }

  init(_ settings: PatchSettings, in context: CellContext) throws {
    (self.settings, self.context) = (settings, context)
    let (subject, data) = (try context.subject, try context.data)
    let pairs = try PromptPairs(
      pair: settings.pair, target: settings.target, rows: settings.rows, aligned: settings.unaligned != .byName,
      in: context)
    let (base, source) =
      settings.direction == .denoising ? (pairs.harmless, pairs.harmful) : (pairs.harmful, pairs.harmless)
    let axes = try PatchAxes(settings, prompts: base, configuration: subject.model.configuration)
    func indices(in prompts: [Prompt]) throws -> [[Int]] {
      try axes.positions.map { position in try prompts.map { try subject.index(of: position, in: $0, data: data) } }
    }
    (self.subject, self.pairs, self.base, self.source, self.axes) = (subject, pairs, base, source, axes)
    self.indices = try indices(in: base)
    sources = settings.unaligned == .byName ? try indices(in: source) : self.indices
    metric = try PatchMetric(settings, in: context)
    path = try PathPatching(settings)
    let held = path?.held(subject.model.configuration) ?? []
    other = try subject.model.forward(source.map(\.tokens), capture: axes.everywhere, logits: .none).activations
    let unchanged = try subject.model.forward(base.map(\.tokens), capture: axes.everywhere + held, logits: .last)
    own = unchanged.activations
    logits = try base.indices.map { try unchanged.logits(sequence: $0).values }
  }

  func results() throws -> Results {
    let places = axes.places.filter { place in
      path?.reaches(from: settings.site.hook, layer: axes.layers[place.layer]) ?? true
    }
    let isExact = settings.method == .exact
    let run =
      isExact
      ? Array(places.indices)
      : AttributionPatching.sample(of: places.count, atLeast: settings.checked, by: context.stream("exact"))
    let measured = try measure(run.map { places[$0] })
    var facts: [String: Value] = [
      "gap": .number(measured.gap), "pairs": .integer(base.count), "unaligned": .integer(pairs.unaligned),
      "no_op": .number(0),
      "reuse": .group(["checked": .integer(measured.checked)]),
    ]
    var effects = try measured.patched.map(measured.effect)
    var tables: [Table] = []
    if !isExact {
      let exact = effects
      let attribution = AttributionPatching(
        axes: axes, base: indices, source: sources, configuration: model.configuration)
      effects = try estimates(places, attribution).map(measured.share)
      let estimated = run.map { effects[$0] }
      facts["attribution"] = try AttributionPatching.agreement(of: estimated, with: exact)
      tables = [attribution.table(run.map { places[$0] }, estimated: estimated, exact: exact)]
    }
    if let strongest = effects.indices.max(by: { abs(effects[$0].value) < abs(effects[$1].value) }),
      let scores = try misplaced(places[strongest])
    {
      facts["control"] = .group(["wrong_position": .estimate(try measured.effect(scores))])
    }
    let report = PatchReport(
      settings: settings, axes: axes,
      effects: Dictionary(uniqueKeysWithValues: zip(places.map { [$0.position, $0.layer, $0.part] }, effects)),
      labels: axes.positions.indices.map(label))
    var results = report.results(facts)
    results.tables += tables
    return results
  }

  // MARK: Patches that are run

  /// What runs gave.
  private struct Measured {
    /// Each pair's score unchanged, and at each place patched.
    let base: [Double]
    let patched: [[Double]]
    /// What a full effect is on each pair.
    let gaps: [Double]
    let resamples: Resamples
    /// Cells that were run in full. How much the others reused is no result: it may change, and they may not.
    let checked: Int

    var gap: Double { gaps.reduce(0, +) / Double(gaps.count) }

    /// What patching gave, normalised.
    func effect(_ scores: [Double]) throws -> Estimate { try share(zip(scores, base).map { $0 - $1 }) }

    /// Changes of the pairs' scores over a full effect, mean over mean, since single pairs may hardly differ.
    func share(_ changes: [Double]) throws -> Estimate { try resamples.ratio(of: changes, to: gaps) }
  }

  private func measure(_ places: [PatchAxes.Place]) throws -> Measured {
    // What each position gets, where it does not stand at the same place in the other run.
    let given = zip(sources, indices).map { from, to in
      from == to ? other : other.moved(zip(from, to).map { [(from: $0, to: $1)] })
    }
    let patches = places.map { patch($0, from: given[$0.position]) }
    let report = { @Sendable [context] (done: Int, total: Int) in try context.progress(done, of: total) }
    let arms =
      try path?.arms(
        of: zip(patches, places).map { ($0, axes.layers[$1.layer], indices[$1.position]) }, own: own, model: model,
        sequences: tokens, progress: report) ?? patches.map { [$0] }
    // Patching a run into itself, beside it unchanged, and the other run as it is.
    let noOp = [patch(PatchAxes.Place(position: 0, layer: 0, part: 0), from: own)]
    let outcome = try sweep(base, [[], noOp] + arms).run(progress: report, read: score)
    guard outcome.values[1] == outcome.values[0] else { throw NoOpChanged() }
    let others = try sweep(source, [[]]).run(read: score).values[0]
    let measured = Measured(
      base: outcome.values[0], patched: Array(outcome.values.dropFirst(2)),
      gaps: zip(others, outcome.values[0]).map { $0 - $1 },
      resamples: try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
        .draw(rows: base.count),
      checked: outcome.checked)
    guard measured.gap != 0 else { throw NoGap() }
    return measured
  }

  private func patch(_ place: PatchAxes.Place, from activations: Activations) -> Intervention {
    Intervention(
      at: axes.hooks(place), components: axes.parts[place.part],
      positions: .indices(indices[place.position].map { [$0] }), operation: .replace(from: activations))
  }

  private func sweep(_ prompts: [Prompt], _ arms: [[Intervention]]) throws -> Sweep {
    try Sweep(
      of: model, over: prompts.map(\.tokens), arms: arms, capture: metric.hook.map { [HookPattern($0)] } ?? [],
      at: .last, tokens: metric.tokens)
  }

  private var score: @Sendable (Sweep.Cell) throws -> Double {
    { [metric, logits] cell in try metric.value(cell, base: logits[cell.sequence]) }
  }

  /// The control: what a place is given, put where it does not belong. `nil` where that means nothing.
  private func misplaced(_ place: PatchAxes.Place) throws -> [Double]? {
    guard path == nil, !settings.site.hook.isPairwise, tokens.allSatisfy({ $0.count > 1 }) else { return nil }
    var generator = context.stream("wrong position").generator()
    let moves = tokens.indices.map { prompt in
      let right = indices[place.position][prompt]
      let wrong = Int.random(in: 0..<tokens[prompt].count - 1, using: &generator)
      return (from: sources[place.position][prompt], to: wrong < right ? wrong : wrong + 1)
    }
    let patch = Intervention(
      at: axes.hooks(place), components: axes.parts[place.part], positions: .indices(moves.map { [$0.to] }),
      operation: .replace(from: other.moved(moves.map { [$0] })))
    return try sweep(base, [[patch]]).run(read: score).values[0]
  }

  // MARK: Patches that are estimated

  private func estimates(_ places: [PatchAxes.Place], _ attribution: AttributionPatching) throws -> [[Double]] {
    let read = try metric.hook.map { hook in
      try model.forward(tokens, capture: [HookPattern(hook)], at: .last, logits: .none)
    }
    let seeds = try tokens.indices.map { index in
      let activation = try metric.hook.flatMap { try read?.activation($0, sequence: index).values }
      return try metric.seed(logits[index], activation: activation)
    }
    let gradients = try model.gradients(of: seeds, over: tokens, at: axes.everywhere) { done, total in
      try context.progress(done, of: total)
    }
    return try attribution.estimates(places, own: own, other: other, gradients: gradients)
  }

  /// A position with the token that stands there, where that is the same in every prompt.
  private func label(of position: Int) -> String {
    let tokens = Set(zip(base, indices[position]).map { $0.tokens[$1] })
    guard tokens.count == 1, let token = tokens.first else { return "\(axes.positions[position])" }
    return "\(axes.positions[position]) \(subject.tokenizer.displayString(token))"
  }
}
