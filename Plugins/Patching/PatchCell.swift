import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{patch}`: activation patching over layers and positions of paired prompts (Heimersheim and Nanda 2024, 2404.15255).
///
/// One run's activation is put into the other at one place at a time. The effect is normalised: 0 leaves the run as it
/// was, 1 makes it like the other. Patching a run into itself is tried too, and must change nothing, to the bit.
package enum PatchCell: CellKind {
  package static let name = "patch"
  package static let version = 1
  package static let summary = "Patches activations between paired prompts, one layer and position at a time."

  package static func problems(_ settings: PatchSettings, in scope: CellScope) -> [Problem] {
    [
      scope.missing(column: settings.target, setting: "target"), scope.missing(column: settings.pair, setting: "pair"),
    ].compactMap { $0 }
      + scope.problems(of: settings.rows, setting: "rows") + scope.problems(of: settings.layers, setting: "layers")
      + scope.problems(of: settings.positions, setting: "positions")
      + scope.problems(ofAnswers: settings.refusalTokens, setting: "refusal_tokens")
      + PromptPairs.problems(settings, in: scope)
  }

  package static func work(_ settings: PatchSettings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let layers = settings.layers.resolved(count: subject.model.configuration.layers).count
    var work = scope.work(settings.rows, everywhere: layers)
    // One run of each pair's base for every layer and position, beside the two that are patched from.
    work.tokens += work.tokens / 2 * layers * scope.count(of: settings.positions)
    return work
  }

  package static func run(_ settings: PatchSettings, in context: CellContext) throws -> Results {
    let (subject, data) = (try context.subject, try context.data)
    let pairs = try PromptPairs(settings, in: context)
    let (base, source) =
      settings.direction == .denoising ? (pairs.harmless, pairs.harmful) : (pairs.harmful, pairs.harmless)
    let metric = try RefusalMetric(tokens: settings.refusalTokens, phrases: [], subject: subject)
    let layers = settings.layers.resolved(count: subject.model.configuration.layers)
    let positions = try settings.positions.flatMap { try $0.expanded(in: base) }
    let hooks = layers.map { HookPoint(settings.site.hook, layer: $0) }

    func scores(_ interventions: [Intervention]) throws -> [Double] {
      let forward = try subject.model.forward(base.map(\.tokens), interventions: interventions, logits: .last)
      return try base.indices.map { metric.score(try forward.logits(sequence: $0).values) }
    }
    let other = try subject.model.forward(
      source.map(\.tokens), capture: hooks.map { HookPattern($0) }, logits: .last)
    let own = try subject.model.forward(base.map(\.tokens), capture: hooks.map { HookPattern($0) }, logits: .last)
    let baseScores = try base.indices.map { metric.score(try own.logits(sequence: $0).values) }
    let sourceScores = try base.indices.map { metric.score(try other.logits(sequence: $0).values) }
    // What a full effect is; the mean over pairs, since single pairs may hardly differ.
    let gap = zip(sourceScores, baseScores).reduce(0) { $0 + $1.0 - $1.1 } / Double(base.count)
    let resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(rows: base.count)

    var map: [[Estimate]] = []
    var done = 0
    for position in positions {
      let places = try base.map { [try subject.index(of: position, in: $0, data: data)] }
      map.append(
        try hooks.map { hook in
          done += 1
          try context.progress(done, of: positions.count * hooks.count)
          let patched = try scores([
            Intervention(at: hook, positions: .indices(places), operation: .replace(from: other.activations))
          ])
          return try resamples.mean(zip(patched, baseScores).map { ($0 - $1) / gap })
        })
    }
    let first = try base.map { [try subject.index(of: positions[0], in: $0, data: data)] }
    let noOp = try scores([
      Intervention(at: hooks[0], positions: .indices(first), operation: .replace(from: own.activations))
    ])
    guard noOp == baseScores else { throw NoOpChanged() }

    var results = Results()
    results.values = [
      "effect": .group(
        Dictionary(
          uniqueKeysWithValues: zip(positions, map).map { ("\($0)", .list($1.map(Value.estimate))) })),
      "gap": .number(gap), "pairs": .integer(base.count), "unaligned": .integer(pairs.unaligned), "no_op": .number(0),
    ]
    results.headline = ["gap", "pairs"]
    results.figures = [
      Figure(
        caption: "Normalised effect of patching \(settings.site.written), by layer and position.",
        content: .heatmap(
          Heatmap(
            rowAxis: .init("position"), rows: positions.map { "\($0)" },
            columnAxis: .init("layer (\(settings.site.written))"), columns: layers.map { "\($0)" },
            quantity: .init("normalised effect", range: -1...1), cells: map.map { $0.map(Optional.some) },
            scale: .diverging)))
    ]
    return results
  }
}

/// Patching a run into itself changed it: the engine's promise is broken, and no effect can be believed.
struct NoOpChanged: Error, CustomStringConvertible {
  var description: String {
    "patching a run into itself changed its scores; it must leave every bit as it was: please report this"
  }
}
