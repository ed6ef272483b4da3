import Experiment
import Tensor
import Transformer

/// The arms of a `{justify}` cell: nothing changed, one for each dose, onset and prefix, and controls beside the first.
struct JustifyArms {
  let settings: JustifySettings
  let asked: AskedPrompts
  let manipulation: Manipulation
  /// Where random directions come from.
  let stream: RandomStream

  init(_ settings: JustifySettings, asked: AskedPrompts, in context: CellContext) throws {
    (self.settings, self.asked) = (settings, asked)
    manipulation = try Manipulation(settings, asked: asked, in: context)
    stream = context.stream("random")
  }

  /// All of them: the unchanged one first, then those in earnest, then the controls.
  func all() throws -> [JustifyArm] {
    [JustifyArm(name: "unchanged", kind: .base)] + (try effects()) + (try controls())
  }

  private func effects() throws -> [JustifyArm] {
    let onsets: [Int?] = settings.onsets.isEmpty ? [nil] : settings.onsets
    let prefixes = settings.prefixes.isEmpty ? [""] : settings.prefixes
    var arms: [JustifyArm] = []
    for dose in settings.doses {
      for onset in onsets {
        for prefix in prefixes {
          let details = [
            verb, settings.doses.count > 1 ? "× \(Value.number(dose).plain)" : "",
            onset.map { "from response token \($0) on" } ?? "", prefix.isEmpty ? "" : "“\(prefix)” forced",
          ]
          arms.append(
            JustifyArm(
              name: details.filter { !$0.isEmpty }.joined(separator: ", "), kind: .effect,
              interventions: try manipulation.interventions(.earnest, dose: dose, at: positions(from: onset)),
              prefix: prefix, x: onset.map(Double.init) ?? (settings.doses.count > 1 ? dose : nil)))
        }
      }
    }
    return arms
  }

  private var verb: String {
    switch settings.operation {
    case .none: ""
    case .ablate: "direction ablated"
    case .add: "direction added"
    case .patch: "patched from the pair"
    case .swap: "category swapped"
    }
  }

  /// What should do nothing, or the opposite, beside the first arm.
  private func controls() throws -> [JustifyArm] {
    let place = positions(from: settings.onsets.first)
    func arm(
      _ name: String, _ kind: JustifyArm.Kind, _ manner: Manipulation.Manner, at positions: Positions
    ) throws -> JustifyArm {
      JustifyArm(
        name: name, kind: kind,
        interventions: try manipulation.interventions(manner, dose: settings.doses[0], at: positions),
        prefix: kind == .noOp ? "" : settings.prefixes.first ?? "")
    }
    guard settings.operation != .none else { return [try arm("nothing forced", .noOp, .nothing, at: place)] }
    let name = settings.operation == .patch ? "another pair's activations" : "random direction"
    var arms = try (0..<settings.controls).map { index in
      try arm("\(name) \(index + 1)", .random, .random(stream.child(index)), at: place)
    }
    // A change of all tokens has no place where it does not belong.
    if settings.extent == .last || !settings.onsets.isEmpty {
      arms.append(try arm("at a wrong position", .wrongPosition, .earnest, at: .indices(asked.misplaced)))
    }
    if [.add, .swap].contains(settings.operation) {
      arms.append(try arm("with the other sign", .signFlip, .flipped, at: place))
    }
    return arms + [try arm("changed by nothing", .noOp, .nothing, at: place)]
  }

  private func positions(from onset: Int?) -> Positions {
    if let onset { return .fromGenerated(onset) }
    return switch settings.extent {
    case .all: .all
    case .prompt: .prompt
    case .last: .last
    }
  }
}
