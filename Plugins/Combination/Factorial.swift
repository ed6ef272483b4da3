import Experiment
import Transformer

/// Injection of category directions in every combination: what the projection on harm becomes.
struct Factorial {
  let model: Model
  let prompts: CategoryPrompts
  let hook: HookPoint
  let axes: [HarmAxis]
  let seed: UInt64
  /// Told how many runs are done, of how many.
  let progress: @Sendable (Int, Int) throws -> Void

  /// What is added in one run: directions, each with its dose.
  struct Injection {
    var additions: [(vector: [Float], dose: Double)]
    /// Where; at each prompt's own place if `nil`.
    var place: Int?

    init(_ additions: [(vector: [Float], dose: Double)], at place: Int? = nil) {
      (self.additions, self.place) = (additions, place)
    }

    /// The members of a subset, by its bits.
    init(_ directions: CategoryDirections, subset: Int, dose: Double, at place: Int? = nil) {
      self.init(
        directions.vectors.indices.filter { subset >> $0 & 1 == 1 }.map { (directions.vectors[$0], dose) }, at: place)
    }
  }

  /// The projections of every injection: `[injection][axis][prompt]`, and those of the unchanged run: `[axis][prompt]`.
  struct Outcome {
    let base: [[Double]]
    let values: [[[Double]]]
    /// Cells that were run in full, to show that reuse changes nothing.
    let checked: Int
  }

  /// Runs injections beside the unchanged run and one of dose zero.
  ///
  /// - Throws: `NoOpInjected` if a dose of zero changed a single bit.
  func run(_ injections: [Injection]) throws -> Outcome {
    let nothing = Injection(injections.first?.additions.map { ($0.vector, 0) } ?? [])
    let arms = [[]] + ([nothing] + injections).map(interventions)
    let outcome = try Sweep(
      of: model, over: prompts.tokens, promptLengths: prompts.tokens.map(\.count), arms: arms,
      capture: axes.map { HookPattern($0.hook) }, at: .indices(prompts.places.map { [$0] }), logits: .none,
      stopAfterLayer: axes.map(\.hook.layer).max(), seed: seed
    ).run(progress: progress) { [axes] cell in
      try axes.map { $0.value(try cell.activation($0.hook).values) }
    }
    guard outcome.values[0] == outcome.values[1] else { throw NoOpInjected() }
    func byAxis(_ cells: [[Double]]) -> [[Double]] { axes.indices.map { axis in cells.map { $0[axis] } } }
    return Outcome(
      base: byAxis(outcome.values[0]), values: outcome.values.dropFirst(2).map(byAxis), checked: outcome.checked)
  }

  private func interventions(_ injection: Injection) -> [Intervention] {
    let places = prompts.changed.map { [injection.place ?? $0] }
    return injection.additions.map { addition in
      Intervention(
        at: hook, positions: .indices(places), operation: .add(addition.vector, scale: addition.dose))
    }
  }
}

/// An injection of nothing changed a run: the engine's promise is broken, and no effect can be believed.
struct NoOpInjected: Error, CustomStringConvertible {
  var description: String {
    "injecting directions at a dose of zero changed the projections; it must leave every bit as it was: please report this"
  }
}
