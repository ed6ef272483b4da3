import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// What a `{justify}` cell does to the model, in earnest and as a control.
struct Manipulation {
  /// How it is done.
  enum Manner {
    case earnest
    /// A random direction of equal length in its place, or another pair's activations.
    case random(RandomStream)
    /// With the other sign.
    case flipped
    /// By nothing: every step is taken, and no bit may change.
    case nothing
  }

  private enum Change {
    case none
    case direction(Direction)
    /// Activations of the last token: the prompts' own, and their partners'.
    case patch(hooks: [HookPattern], own: Activations, partners: Activations)
    case swap(CategoryMeans)
  }

  private let change: Change
  private let settings: JustifySettings
  private let asked: AskedPrompts

  init(_ settings: JustifySettings, asked: AskedPrompts, in context: CellContext) throws {
    (self.settings, self.asked) = (settings, asked)
    let model = try context.subject.model
    switch settings.operation {
    case .none: change = .none
    case .ablate, .add:
      guard let reference = settings.direction else {
        throw Problem("“direction” is missing", at: context.scope.cell.location, help: "add “direction: LABEL.best”")
      }
      change = .direction(try context.direction(reference))
    case .patch:
      let layers = settings.layers.resolved(count: model.configuration.layers)
      let hooks = layers.map { HookPattern(HookPoint(settings.site.hook, layer: $0)) }
      func last(_ prompts: [Prompt]) throws -> Activations {
        try model.forward(prompts.map(\.tokens), capture: hooks, at: .last, logits: .none).activations
      }
      change = .patch(hooks: hooks, own: try last(asked.prompts), partners: try last(asked.partners))
    case .swap:
      guard let means = asked.means else { throw Problem("there are no means", at: context.scope.cell.location) }
      change = .swap(means)
    }
  }

  /// The interventions of one arm.
  ///
  /// - Parameters:
  ///   - dose: in units of the raw difference.
  ///   - positions: the last token of the prompt, or a single other one by index, if activations come from elsewhere.
  func interventions(_ manner: Manner, dose: Double, at positions: Positions) throws -> [Intervention] {
    switch change {
    case .none: []
    case .direction(let direction):
      settings.operation == .ablate
        ? [ablation(of: direction, manner, positions)] : [try addition(of: direction, manner, dose, positions)]
    case .patch(let hooks, let own, let partners):
      [patch(hooks, own: own, partners: partners, manner, at: positions)]
    case .swap(let means): swaps(means, manner, dose, at: positions)
    }
  }

  private func ablation(of direction: Direction, _ manner: Manner, _ positions: Positions) -> Intervention {
    var intervention = Intervention.directionalAblation(unit(direction.unit, manner))
    intervention.positions = positions
    if case .nothing = manner { intervention.operation = .add(direction.unit, scale: 0) }
    return intervention
  }

  private func addition(
    of direction: Direction, _ manner: Manner, _ dose: Double, _ positions: Positions
  ) throws -> Intervention {
    Intervention(
      at: try HookPoint(direction.hook), positions: positions,
      operation: .add(unit(direction.unit, manner), scale: sign(manner) * dose * direction.norm))
  }

  private func patch(
    _ hooks: [HookPattern], own: Activations, partners: Activations, _ manner: Manner, at positions: Positions
  ) -> Intervention {
    let (source, prompts): (Activations, [Prompt])
    switch manner {
    case .nothing: (source, prompts) = (own, asked.prompts)
    case .random(let stream):
      // Everyone's place is taken by another: no pair keeps its own.
      var generator = stream.generator()
      let cycle = asked.prompts.indices.shuffled(using: &generator)
      var order = cycle
      for (i, index) in cycle.enumerated() { order[index] = cycle[(i + 1) % cycle.count] }
      (source, prompts) = (partners.reordered(order), order.map { asked.partners[$0] })
    default: (source, prompts) = (partners, asked.partners)
    }
    let places = self.places(positions)
    return Intervention(
      at: hooks, positions: .indices(places),
      operation: .replace(
        from: source.moved(zip(prompts, places).map { prompt, to in to.map { (from: prompt.end - 1, to: $0) } })))
  }

  /// One intervention for each two categories of which one takes the other's place.
  private func swaps(
    _ means: CategoryMeans, _ manner: Manner, _ dose: Double, at positions: Positions
  ) -> [Intervention] {
    let own = asked.rows.indices.map { asked.harmful[$0] ? asked.rows[$0][settings.category]?.plain ?? "" : "" }
    let groups = Dictionary(grouping: own.indices) { [own[$0], asked.injected[$0]] }
    let places = self.places(positions)
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, members in
      let step = means.step(from: key[0], to: key[1])
      return Intervention(
        at: means.hook, positions: .indices(places.indices.map { members.contains($0) ? places[$0] : [] }),
        operation: .add(unit(step.unit, manner), scale: sign(manner) * dose * step.norm))
    }
  }

  // MARK: Parts

  private func places(_ positions: Positions) -> [[Int]] {
    if case .indices(let places) = positions { places } else { asked.prompts.map { [$0.end - 1] } }
  }

  private func unit(_ own: [Float], _ manner: Manner) -> [Float] {
    guard case .random(let stream) = manner else { return own }
    return RandomDirection.unit(own.count, stream: stream).map(Float.init)
  }

  private func sign(_ manner: Manner) -> Double {
    switch manner {
    case .earnest, .random: 1
    case .flipped: -1
    case .nothing: 0
    }
  }
}
