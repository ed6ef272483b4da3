import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// The arms of an `{ablation}` cell: nothing changed, the intervention, and its controls.
struct Arms {
  let unchanged = Arm(name: "unchanged", role: .baseline, interventions: [])
  let changed: Arm
  let controls: [Arm]

  init(_ settings: AblationSettings, in context: CellContext) throws {
    let subject = try context.subject
    let positions: Positions =
      switch settings.extent {
      case .all: .all
      case .prompt: .prompt
      case .last: .last
      }
    switch settings.operation {
    case .ablate, .add:
      let direction = try Self.direction(settings, in: context)
      func arm(_ name: String, _ role: Figure.Role, _ unit: [Float]) throws -> Arm {
        Arm(
          name: name, role: role,
          interventions: [try Self.intervention(settings.operation, direction, unit, settings.scale, positions)])
      }
      changed = try arm(
        settings.operation == .ablate ? "direction ablated" : "direction added", .effect, direction.unit)
      let stream = context.stream("random directions")
      controls = try (0..<settings.controls).map { index in
        try arm(
          "random direction \(index + 1)", .null,
          RandomDirection.unit(direction.unit.count, stream: stream.child(index)).map(Float.init))
      }
    case .zero, .mean:
      let layers = settings.layers.resolved(count: subject.model.configuration.layers)
      let hooks = layers.map { HookPoint(settings.site.hook, layer: $0) }
      let operations = try hooks.map { hook in
        settings.operation == .zero
          ? Intervention.Operation.zero : .mean(try Self.mean(of: hook, settings, subject: subject, in: context))
      }
      changed = Arm(
        name: "\(settings.site.written) set to \(settings.operation == .zero ? "zero" : "its mean")", role: .effect,
        interventions: zip(hooks, operations).map { Intervention(at: $0, positions: positions, operation: $1) })
      // The same at a place that says nothing about the request: the template's first token.
      let firsts = Array(repeating: [0], count: try Self.prompts(settings, in: context).count)
      controls = [
        Arm(
          name: "at the first token only", role: .null,
          interventions: zip(hooks, operations).map {
            Intervention(at: $0, positions: .indices(firsts), operation: $1)
          })
      ]
    }
  }

  static func prompts(_ settings: AblationSettings, in context: CellContext) throws -> [Prompt] {
    try context.prompts(where: settings.rows)
  }

  private static func direction(_ settings: AblationSettings, in context: CellContext) throws -> Direction {
    guard let reference = settings.direction else {
      throw Problem(
        "“operation: \(settings.operation.rawValue)” needs a direction", at: context.scope.cell.location,
        help: "add “direction: LABEL.best”, the label being that of a {direction} cell")
    }
    return try context.direction(reference)
  }

  private static func intervention(
    _ operation: AblationSettings.Operation, _ direction: Direction, _ unit: [Float], _ scale: Double,
    _ positions: Positions
  ) throws -> Intervention {
    guard operation == .add else {
      var ablation = Intervention.directionalAblation(unit)
      ablation.positions = positions
      return ablation
    }
    return Intervention(
      at: try HookPoint(direction.hook), positions: positions, operation: .add(unit, scale: scale * direction.norm))
  }

  /// The mean of a hook over all tokens of the side-effect prompts, in float64.
  private static func mean(
    of hook: HookPoint, _ settings: AblationSettings, subject: Subject, in context: CellContext
  ) throws -> [Float] {
    let prompts = try context.prompts(where: settings.sideEffects ?? settings.rows)
    let forward = try subject.model.forward(prompts.map(\.tokens), capture: [HookPattern(hook)], logits: .none)
    let width = hook.site.width(in: subject.model.configuration)
    var sums = [Double](repeating: 0, count: width)
    var count = 0
    for sequence in prompts.indices {
      let values = try forward.activation(hook, sequence: sequence).values
      for (index, value) in values.enumerated() { sums[index % width] += Double(value) }
      count += values.count / width
    }
    return sums.map { Float($0 / Double(max(count, 1))) }
  }
}
