import Experiment
import Statistics
import Tensor
import Transformer

/// One `{combine}` cell as it runs.
struct CombineRun {
  let settings: CombineSettings
  let context: CellContext
  let layers: [Int]
  let directions: CategoryDirections
  private let model: Model
  private let hook: HookPoint
  private let axes: [HarmAxis]
  /// All prompts of the test rows, and the harmless ones that are injected into.
  private let test, injected, fitted: CategoryPrompts

  private var count: Int { directions.names.count }
  private var subsets: Range<Int> { 1..<1 << count }

  init(_ settings: CombineSettings, in context: CellContext) throws {
    (self.settings, self.context) = (settings, context)
    model = try context.subject.model
    layers = CombineCell.readLayers(settings, of: model.configuration)
    func prompts(_ rows: RowFilter) throws -> CategoryPrompts {
      try CategoryPrompts(
        rows, target: settings.target, column: settings.column, at: settings.position,
        changedAt: settings.injectedAt, in: context)
    }
    func sample(_ all: CategoryPrompts, _ part: String) -> CategoryPrompts {
      var generator = context.stream("sample/\(part)").generator()
      return all.selecting(all.harmless.shuffled(using: &generator).prefix(settings.prompts).sorted())
    }
    let train = try prompts(settings.train)
    hook = HookPoint(settings.site.hook, layer: settings.inject)
    let hooks = layers.map { HookPoint(settings.site.hook, layer: $0) }
    let found = try train.activations([hook], of: model, at: train.changed)
    directions = CategoryDirections(settings.categories, rows: found[0], of: train)
    axes = try zip(hooks, try train.activations(hooks, of: model)).map { try HarmAxis($0, rows: $1, of: train) }
    test = try prompts(settings.test)
    injected = sample(test, "test")
    fitted = sample(try prompts(settings.fit), "fit")
  }

  /// What was measured; everything in a report is made of this.
  struct Measured {
    let contrasts: Contrasts
    /// Index of the dose that counts, of the layer that counts.
    let dose, axis: Int
    /// At the dose that counts, by axis: `[axis][prompt]`, means over categories or pairs.
    let doubled, flipped, misplaced: [[Double]]
    /// Of random directions: mean effects and mean interactions.
    let random, randomInteraction: [[Double]]
    /// By axis.
    let rules: [RuleComparison]
    let natural: [NaturalArm]
    /// Family-wise, `[dose][pair][axis]`.
    let p: [[[Double]]]
    let checked: Int
    let resamples: Resamples
  }

  func results() throws -> Results {
    let hook = hook
    var results = try CombineReport(run: self, measured: try measure()).results()
    results.directions = try directions.results(
      at: hook, position: settings.injectedAt ?? settings.position, in: context)
    return results
  }

  private func factorial(_ prompts: CategoryPrompts) -> Factorial {
    Factorial(
      model: model, prompts: prompts, hook: hook, axes: axes, seed: context.stream("sweep").bits(at: 0),
      progress: { [context] in try context.progress($0, of: $1) })
  }

  private func measure() throws -> Measured {
    let dose = settings.doses.firstIndex(of: settings.dose) ?? 0
    let singles = (0..<count).map { 1 << $0 }
    let pairs = Contrasts.pairs(count).map { 1 << $0 | 1 << $1 }
    // Every arm is one sweep's: doses by subsets, then the controls at the dose that counts.
    func injections(
      _ subsets: some Sequence<Int>, _ dose: Double, _ directions: CategoryDirections? = nil, at place: Int? = nil
    )
      -> [Factorial.Injection]
    {
      subsets.map { Factorial.Injection(directions ?? self.directions, subset: $0, dose: dose, at: place) }
    }
    let grid = settings.doses.flatMap { injections(subsets, $0) }
    let control =
      injections(singles, 2 * settings.dose) + injections(singles, -settings.dose)
      + injections(singles, settings.dose, at: 0)
    let random = (0..<settings.controls).flatMap { index in
      injections(singles + pairs, settings.dose, directions.random(context.stream("random").child(index)))
    }
    let outcome = try factorial(injected).run(grid + control + random)
    let effects = outcome.values.map { arm in zip(arm, outcome.base).map { zip($0, $1).map { $0 - $1 } } }
    let nothing = axes.map { _ in injected.prompts.map { _ in 0.0 } }
    let contrasts = Contrasts(
      effects: settings.doses.indices.map { [nothing] + effects[$0 * subsets.count..<($0 + 1) * subsets.count] },
      categories: count)

    /// The mean over some arms behind the grid, by axis.
    func mean(_ arms: some Sequence<Int>) -> [[Double]] {
      let chosen = arms.map { effects[grid.count + $0] }
      return axes.indices.map { axis in Contrasts.mean(chosen.map { $0[axis] }) }
    }
    let block = singles.count + pairs.count
    let draws = (0..<settings.controls).map { 3 * count + $0 * block }
    let randomSingles = mean(draws.flatMap { $0..<$0 + count })
    let randomPairs = mean(draws.flatMap { $0 + count..<$0 + block })
    let alone = axes.indices.map { contrasts.effect(ofSize: 1, dose: dose, axis: $0) }
    func difference(_ a: [[Double]], twice b: [[Double]]) -> [[Double]] {
      zip(a, b).map { zip($0, $1).map { $0 - 2 * $1 } }
    }

    let fit = try factorial(fitted).run(injections(subsets, settings.dose))
    let fitEffects = fit.values.map { arm in zip(arm, fit.base).map { zip($0, $1).map { $0 - $1 } } }
    let resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(rows: injected.prompts.count)
    let natural = try test.activations(axes.map(\.hook), of: model)
    let naturalResamples = try Bootstrap(stream: context.stream("bootstrap/natural"), resamples: settings.resamples)
      .draw(rows: test.prompts.count)
    return Measured(
      contrasts: contrasts, dose: dose, axis: axes.count - 1,
      doubled: difference(mean(0..<count), twice: alone), flipped: mean(count..<2 * count),
      misplaced: mean(2 * count..<3 * count), random: randomSingles,
      randomInteraction: difference(randomPairs, twice: randomSingles),
      rules: try axes.indices.map { axis in
        try RuleComparison(
          fit: [fitted.prompts.map { _ in 0 }] + fitEffects.map { $0[axis] },
          test: contrasts.effects[dose].map { $0[axis] }, categories: count, resamples)
      },
      natural: try axes.indices.map { axis in
        try NaturalArm(natural[axis].map(axes[axis].value), of: test, naturalResamples)
      },
      p: try familywise(contrasts), checked: outcome.checked + fit.checked, resamples: resamples)
  }

  private func familywise(_ contrasts: Contrasts) throws -> [[[Double]]] {
    let cells = settings.doses.indices.flatMap { dose in
      contrasts.pairs.flatMap { pair in
        axes.indices.map { contrasts.interaction(pair, dose: dose, axis: $0) }
      }
    }
    var p = try Contrasts.familywise(
      cells, permutations: settings.permutations, stream: context.stream("permutation"))[...]
    return settings.doses.map { _ in
      contrasts.pairs.map { _ in
        defer { p = p.dropFirst(axes.count) }
        return Array(p.prefix(axes.count))
      }
    }
  }
}
