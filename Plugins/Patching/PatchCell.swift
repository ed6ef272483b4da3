import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{patch}`: activation patching over layers, positions, heads and neurons of paired prompts (Heimersheim and Nanda 2024,
/// 2404.15255), and path patching.
///
/// One run's activation is put into the other at one place at a time. The effect is normalised: 0 leaves the run as it
/// was, 1 makes it like the other. Patching a run into itself is tried too, and must change nothing, to the bit.
package enum PatchCell: CellKind {
  package static let name = "patch"
  package static let version = 2
  package static let summary = "Patches activations between paired prompts, one place at a time, or one path."

  package static func problems(_ settings: PatchSettings, in scope: CellScope) -> [Problem] {
    var problems = [
      scope.missing(column: settings.target, setting: "target"), scope.missing(column: settings.pair, setting: "pair"),
    ].compactMap { $0 }
    problems += scope.problems(of: settings.rows, setting: "rows")
    problems += scope.problems(of: settings.layers, setting: "layers")
    problems += scope.problems(of: settings.positions, setting: "positions")
    problems += PatchMetric.problems(settings, in: scope)
    problems += PatchAxes.problems(settings, in: scope)
    problems += PathPatching.problems(settings, in: scope)
    return problems + PromptPairs.problems(settings, in: scope)
  }

  package static func work(_ settings: PatchSettings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let configuration = subject.model.configuration
    let layers = settings.layers.resolved(count: configuration.layers)
    let shape = settings.site.hook.shape(in: configuration)
    let parts = settings.heads?.resolved(count: shape[0]).count ?? max(1, settings.neurons.count)
    var work = scope.work(settings.rows)
    work.sweeps = true
    let site = settings.site.hook
    let floats = site.isPairwise ? shape[0] * work.longest : site.width(in: configuration)
    work.bytes += work.tokens * layers.count * floats * MemoryLayout<Float>.stride
    let places = scope.count(of: settings.positions) * parts
    if let receiver = settings.receiver.flatMap({ try? HookPoint($0) }) {
      // What the receiver has is kept for every place.
      work.bytes +=
        work.tokens / 2 * places * layers.count * receiver.site.width(in: configuration) * MemoryLayout<Float>.stride
    }
    // A cell runs from its layer on: what lies before is reused.
    let blocks = layers.reduce(0) { $0 + configuration.layers - (settings.span == .single ? $1 : 0) }
    work.tokens += work.tokens / 2 * blocks / configuration.layers * places * (settings.receiver == nil ? 1 : 2)
    return work
  }

  package static func run(_ settings: PatchSettings, in context: CellContext) throws -> Results {
    let (subject, data) = (try context.subject, try context.data)
    let model = subject.model
    let pairs = try PromptPairs(settings, in: context)
    let (base, source) =
      settings.direction == .denoising ? (pairs.harmless, pairs.harmful) : (pairs.harmful, pairs.harmless)
    let metric = try PatchMetric(settings, in: context)
    let axes = try PatchAxes(settings, prompts: base, configuration: model.configuration)
    let path = try PathPatching(settings)
    let tokens = base.map(\.tokens)

    let other = try model.forward(source.map(\.tokens), capture: axes.everywhere, logits: .none)
    let own = try model.forward(
      tokens, capture: axes.everywhere + (path?.held(model.configuration) ?? []), logits: .last)
    let baseLogits = try base.indices.map { try own.logits(sequence: $0).values }

    // [position][prompt]
    let indices = try axes.positions.map { position in
      try base.map { try subject.index(of: position, in: $0, data: data) }
    }
    func patch(_ place: PatchAxes.Place, from activations: Activations) -> Intervention {
      Intervention(
        at: axes.hooks(place), components: axes.parts[place.part],
        positions: .indices(indices[place.position].map { [$0] }), operation: .replace(from: activations))
    }
    let places = axes.places.filter { place in
      path?.reaches(from: settings.site.hook, layer: axes.layers[place.layer]) ?? true
    }
    let patches = places.map { patch($0, from: other.activations) }
    let report = { @Sendable (done: Int, total: Int) in try context.progress(done, of: total) }
    let arms =
      try path?.arms(
        of: zip(patches, places).map { ($0, axes.layers[$1.layer], indices[$1.position]) }, own: own.activations,
        model: model, sequences: tokens, progress: report) ?? patches.map { [$0] }
    // Patching a run into itself, beside it unchanged, and the other run as it is.
    let noOp = [patch(PatchAxes.Place(position: 0, layer: 0, part: 0), from: own.activations)]
    func sweep(_ prompts: [Prompt], _ arms: [[Intervention]]) throws -> Sweep {
      try Sweep(
        of: model, over: prompts.map(\.tokens), arms: arms, capture: metric.hook.map { [HookPattern($0)] } ?? [],
        at: .last, tokens: metric.tokens)
    }
    let outcome = try sweep(base, [[], noOp] + arms).run(progress: report) {
      try metric.value($0, base: baseLogits[$0.sequence])
    }
    let otherScores = try sweep(source, [[]]).run { try metric.value($0, base: baseLogits[$0.sequence]) }.values[0]
    let (baseScores, patched) = (outcome.values[0], Array(outcome.values.dropFirst(2)))
    guard outcome.values[1] == baseScores else { throw NoOpChanged() }

    // What a full effect is; the mean over pairs, since single pairs may hardly differ.
    let gap = zip(otherScores, baseScores).reduce(0) { $0 + $1.0 - $1.1 } / Double(base.count)
    let resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(rows: base.count)
    var effects: [Estimate] = []
    for scores in patched { effects.append(try resamples.mean(zip(scores, baseScores).map { ($0 - $1) / gap })) }
    var facts: [String: Value] = [
      "gap": .number(gap), "pairs": .integer(base.count), "unaligned": .integer(pairs.unaligned), "no_op": .number(0),
      "reuse": .group([
        "checked": .integer(outcome.checked), "computed": .number(Double(outcome.computed) / Double(outcome.full)),
      ]),
    ]
    // The control: what the strongest place is given, put where it does not belong.
    let strongest = effects.indices.max { abs(effects[$0].value) < abs(effects[$1].value) }
    if let strongest, path == nil, !settings.site.hook.isPairwise, tokens.allSatisfy({ $0.count > 1 }) {
      var generator = context.stream("wrong position").generator()
      let moves = zip(indices[places[strongest].position], tokens).map { place, tokens in
        let wrong = Int.random(in: 0..<tokens.count - 1, using: &generator)
        return (from: place, to: wrong < place ? wrong : wrong + 1)
      }
      let misplaced = Intervention(
        at: axes.hooks(places[strongest]), components: axes.parts[places[strongest].part],
        positions: .indices(moves.map { [$0.to] }),
        operation: .replace(from: other.activations.moved(moves.map { [$0] })))
      let scores = try sweep(base, [[misplaced]]).run { try metric.value($0, base: baseLogits[$0.sequence]) }.values[0]
      facts["control"] = .group([
        "wrong_position": .estimate(try resamples.mean(zip(scores, baseScores).map { ($0 - $1) / gap }))
      ])
    }
    return results(
      settings, axes, Dictionary(uniqueKeysWithValues: zip(places.map { [$0.position, $0.layer, $0.part] }, effects)),
      labels: axes.positions.indices.map { label(of: axes.positions[$0], at: indices[$0], base, subject) },
      facts: facts)
  }

  /// A position with the token that stands there, where that is the same in every prompt.
  private static func label(of position: Position, at indices: [Int], _ prompts: [Prompt], _ subject: Subject) -> String
  {
    let tokens = Set(zip(prompts, indices).map { $0.tokens[$1] })
    guard tokens.count == 1, let token = tokens.first else { return "\(position)" }
    return "\(position) \(subject.tokenizer.displayString(token))"
  }

  private static func results(
    _ settings: PatchSettings, _ axes: PatchAxes, _ effects: [[Int]: Estimate], labels: [String],
    facts: [String: Value]
  ) -> Results {
    let site = settings.site.written
    func effect(_ position: Int, _ layer: Int, _ part: Int) -> Estimate? { effects[[position, layer, part]] }
    func value(_ estimate: Estimate?) -> Value { estimate.map(Value.estimate) ?? .text("not reached") }

    var results = Results()
    results.values = facts
    results.values["effect"] = .group(
      Dictionary(
        uniqueKeysWithValues: axes.positions.enumerated().map { p, position in
          let layers = axes.layers.indices.map { l -> Value in
            axes.partName == nil
              ? value(effect(p, l, 0)) : .list(axes.parts.indices.map { value(effect(p, l, $0)) })
          }
          return ("\(position)", .list(layers))
        }))
    if let best = effects.max(by: { abs($0.value.value) < abs($1.value.value) }) {
      var place: [String: Value] = [
        "effect": .estimate(best.value), "layer": .integer(axes.layers[best.key[1]]),
        "position": .text("\(axes.positions[best.key[0]])"),
      ]
      if let name = axes.partName { place[name] = .text(axes.partLabels[best.key[2]]) }
      results.values["strongest"] = .group(place)
    }
    results.headline = ["gap", "pairs"]

    let together = settings.span == .single ? "" : ", each layer with those before it"
    let to = settings.receiver.map { " along the path to \($0)" } ?? ""
    func heatmap(_ rowAxis: String, _ rows: [String], _ cells: [[Estimate?]]) -> Figure.Content {
      .heatmap(
        Heatmap(
          rowAxis: .init(rowAxis), rows: rows, columnAxis: .init("layer (\(site))"),
          columns: axes.layers.map { "\($0)" }, quantity: .init("normalised effect", range: -1...1), cells: cells,
          scale: .diverging))
    }
    if let name = axes.partName {
      results.figures = axes.positions.indices.map { p in
        Figure(
          caption: "Normalised effect of patching \(site) at \(labels[p])\(to), by layer and \(name)\(together).",
          content: heatmap(
            name, axes.partLabels,
            axes.parts.indices.map { part in axes.layers.indices.map { effect(p, $0, part) } }))
      }
    } else {
      results.figures = [
        Figure(
          caption: "Normalised effect of patching \(site)\(to), by layer and position\(together).",
          content: heatmap(
            "position", labels, axes.positions.indices.map { p in axes.layers.indices.map { effect(p, $0, 0) } }))
      ]
    }
    return results
  }
}

/// Patching a run into itself changed it: the engine's promise is broken, and no effect can be believed.
struct NoOpChanged: Error, CustomStringConvertible {
  var description: String {
    "patching a run into itself changed its scores; it must leave every bit as it was: please report this"
  }
}
