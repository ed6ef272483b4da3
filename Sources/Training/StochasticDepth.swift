import Tensor

/// Blocks that are left out at random while training (Huang et al. 2016), so that later blocks repeat what earlier
/// ones computed: a dropped block is the identity on the residual stream. Nothing is rescaled when it is kept.
public struct StochasticDepth: Sendable, Hashable, Codable {
  /// What one draw decides about.
  public enum Scope: String, Sendable, Hashable, Codable {
    /// Each sequence of a batch is drawn for on its own.
    case sequence
    /// The whole batch keeps or drops a block together.
    case step
  }

  /// Chance that a block is dropped, in [0, 1).
  public var probability: Double
  /// The blocks that may be dropped.
  public var layers: Range<Int>
  /// The steps at which blocks are dropped.
  public var steps: Range<Int>
  /// Whether a draw decides for a sequence or for a whole step.
  public var scope: Scope

  /// Blocks to drop, when, and how often.
  public init(probability: Double, layers: Range<Int>, steps: Range<Int>, scope: Scope = .sequence) {
    self.probability = probability
    self.layers = layers
    self.steps = steps
    self.scope = scope
  }

  /// Whether a block is dropped for a sequence: a function of the seed, the step, the layer and the sequence's place in
  /// its batch, whoever asks and in whatever order.
  package func drops(layer: Int, sequence: Int, step: Int, seed: UInt64) -> Bool {
    guard layers.contains(layer), steps.contains(step), probability > 0 else { return false }
    let stream = RandomStream(seed: seed, purpose: "stochastic depth/\(step)/\(layer)")
    return stream.uniform(at: scope == .sequence ? UInt64(sequence) : 0) < probability
  }
}
