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
  /// What is done to the activation `x` of one position: `[width]`, with all heads of a site side by side; where
  /// ``components`` are chosen, `x` is what they hold, in their order. Vectors have the width of `x`, or of the site.
  ///
  /// At `attn_scores` and `pattern`, `x` is what one head's query has for the keys that it sees. There only `zero`
  /// (of a pattern), `scale`, `replace` and `knockout` make sense.
  public enum Operation: Sendable {
    /// `x <- 0`
    case zero
    /// `x <- vector`: the mean over other prompts, for mean ablation.
    case mean([Float])
    /// `x <- x - (x . r) r` with `r` the direction at unit length; products and sums in float64, rounded once.
    case ablate([Float])
    /// `x <- x + scale * vector`, in float64, rounded once.
    case add([Float], scale: Double)
    /// `x <- factor * x`, in float64, rounded once.
    case scale(Double)
    /// `x <- ` what another run had at this hook, in the sequence of the same index, at the same position. Other
    /// sequences and positions: ``Activations/resampled(by:)``, ``Activations/moved(_:)``.
    case replace(from: Activations)
    /// `x <- B^T B x`: only what lies in the subspace stays.
    case project(Subspace)
    /// `x <- x - B^T B x`: what lies in the subspace goes; ``ablate(_:)`` for more than one direction.
    case remove(Subspace)
    /// `x <- x + B^T B (y - x)` with `y` what another run had: the rotated coordinates that the basis spans are taken from
    /// there (distributed alignment search, Geiger et al. 2023, arXiv 2303.02536).
    case rotate(Subspace, from: Activations)
    /// At `attn_scores`: the query no longer sees these keys; its pattern is the soft-max over the others.
    case knockout(keys: Positions)
  }

  /// Which part of a site is changed.
  public enum Components: Hashable, Sendable {
    /// The whole.
    case all
    /// These heads, at sites that have heads.
    case heads([Int])
    /// These elements, at sites that have none: neurons of a feed-forward layer, or dimensions of a stream.
    case neurons([Int])
  }

  /// Where it applies.
  public var hooks: [HookPattern]
  /// To which part of each place.
  public var components: Components
  /// At which positions.
  public var positions: Positions
  /// What it does.
  public var operation: Operation

  /// An intervention at some sites.
  public init(
    at hooks: [HookPattern], components: Components = .all, positions: Positions = .all, operation: Operation
  ) {
    self.hooks = hooks
    self.components = components
    self.positions = positions
    self.operation = operation
  }

  /// An intervention at one point.
  public init(
    at point: HookPoint, components: Components = .all, positions: Positions = .all, operation: Operation
  ) {
    self.init(at: [HookPattern(point)], components: components, positions: positions, operation: operation)
  }

  /// The directional ablation of Arditi et al. 2024 (arXiv 2406.11717): the direction is removed from every block
  /// input, attention output and feed-forward output, at all positions.
  public static func directionalAblation(_ direction: [Float]) -> Intervention {
    Intervention(
      at: [HookPattern(.residPre), HookPattern(.attnOut), HookPattern(.mlpOut)], operation: .ablate(direction))
  }

  /// Attention edges cut: queries at some positions no longer see keys at others, in some layers and heads.
  public static func knockout(
    queries: Positions, keys: Positions, layers: HookPattern.Layers = .all, heads: Components = .all
  ) -> Intervention {
    Intervention(
      at: [HookPattern(.attnScores, layers: layers)], components: heads, positions: queries,
      operation: .knockout(keys: keys))
  }
}

extension Intervention: CustomStringConvertible {
  /// A short description for messages: `ablate at blocks.*.hook_resid_pre`.
  public var description: String {
    let places = hooks.map(\.description).joined(separator: ", ")
    let parts =
      switch components {
      case .all: ""
      case .heads(let heads): ", heads \(heads.map(String.init).joined(separator: ","))"
      case .neurons(let neurons): ", neurons \(neurons.map(String.init).joined(separator: ","))"
      }
    return "\(operation.name) at \(places)\(parts), positions \(positions.name)"
  }
}

extension Intervention.Operation {
  /// A short name for messages.
  var name: String {
    switch self {
    case .zero: "zero"
    case .mean: "mean"
    case .ablate: "ablate"
    case .add(_, let scale): "add (scale \(scale))"
    case .scale(let factor): "scale by \(factor)"
    case .replace: "replace"
    case .project(let subspace): "project on \(subspace.rank) dimensions"
    case .remove(let subspace): "remove \(subspace.rank) dimensions"
    case .rotate(let subspace, _): "rotate \(subspace.rank) dimensions"
    case .knockout(let keys): "knockout of keys \(keys.name)"
    }
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
