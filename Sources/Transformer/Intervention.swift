/// A change of activations, as a value: where, at which positions, and what is done to them.
///
///     let ablation = Intervention(
///       at: [HookPattern(.residPre), HookPattern(.attnOut), HookPattern(.mlpOut)], operation: .ablate(direction))
///     let forward = try model.forward(prompts, interventions: [ablation])
///     forward.interventions[0].fired      // positions x hooks that it reached
///
/// Interventions at one hook apply in the order in which they are listed. What comes later in the network, and what
/// is captured, sees the changed values. An intervention that fires nowhere is an error.
public struct Intervention: Sendable {
  /// What is done to the activation `x` of one position: `[width]`, with all heads of a site side by side.
  public enum Operation: Sendable {
    /// `x <- 0`
    case zero
    /// `x <- vector`: the mean over other prompts, for mean ablation. `[width]`
    case mean([Float])
    /// `x <- x - (x . r) r` with `r` the direction at unit length; products and sums in float64, rounded once. `[width]`
    case ablate([Float])
    /// `x <- x + scale * vector`, in float64, rounded once. `[width]`
    case add([Float], scale: Double)
    /// `x <- ` what another run had at this hook, in the sequence of the same index, at the same position.
    case replace(from: Activations)
  }

  /// Where it applies.
  public var hooks: [HookPattern]
  /// At which positions.
  public var positions: Positions
  /// What it does.
  public var operation: Operation

  /// An intervention at some sites.
  public init(at hooks: [HookPattern], positions: Positions = .all, operation: Operation) {
    self.hooks = hooks
    self.positions = positions
    self.operation = operation
  }

  /// An intervention at one point.
  public init(at point: HookPoint, positions: Positions = .all, operation: Operation) {
    self.init(at: [HookPattern(point)], positions: positions, operation: operation)
  }

  /// The directional ablation of Arditi et al. 2024 (arXiv 2406.11717): the direction is removed from every block
  /// input, attention output and feed-forward output, at all positions.
  public static func directionalAblation(_ direction: [Float]) -> Intervention {
    Intervention(
      at: [HookPattern(.residPre), HookPattern(.attnOut), HookPattern(.mlpOut)], operation: .ablate(direction))
  }
}

extension Intervention: CustomStringConvertible {
  /// A short description for messages: `ablate at blocks.*.hook_resid_pre`.
  public var description: String {
    let verb =
      switch operation {
      case .zero: "zero"
      case .mean: "mean"
      case .ablate: "ablate"
      case .add(_, let scale): "add (scale \(scale))"
      case .replace: "replace"
      }
    let places = hooks.map(\.description).joined(separator: ", ")
    return "\(verb) at \(places), positions \(positions.name)"
  }
}

extension Positions {
  /// A short name for messages.
  fileprivate var name: String {
    switch self {
    case .all: "all"
    case .prompt: "prompt"
    case .last: "last"
    case .indices: "given by index"
    case .fromGenerated(let first): "from generated token \(first)"
    }
  }
}
