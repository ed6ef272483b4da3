import Tensor
import Transformer

/// A unit vector in the residual stream, with where it came from.
public struct Direction: Codable, Hashable, Sendable {
  /// The hook it was read at, by its TransformerLens name (`blocks.5.hook_resid_pre`).
  public var hook: String
  /// The position it was read at, by its name (`post_instruction[-1]`).
  public var position: String
  /// How it was found, such as `mean_difference`.
  public var method: String
  /// The model and the data it was found with.
  public var model: Digest
  /// The data that it was found with.
  public var data: Digest
  /// Unit length, `[d_model]`.
  public var unit: [Float]
  /// The length of the raw difference, in units of the residual stream: `unit * norm` is what activation addition adds.
  public var norm: Double

  /// A direction with its provenance.
  public init(
    hook: String, position: String, method: String, model: Digest, data: Digest, unit: [Float], norm: Double
  ) {
    self.hook = hook
    self.position = position
    self.method = method
    self.model = model
    self.data = data
    self.unit = unit
    self.norm = norm
  }
}
