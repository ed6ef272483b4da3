/// One tensor of a checkpoint: what it is called on disk, its shape, and what it is for.
public struct Parameter: Hashable, Sendable {
  /// What a tensor is for, whatever a family calls it. Projections are stored `[outputs, inputs]`.
  public enum Role: Hashable, Sendable {
    /// `[vocab, d_model]`
    case embedding
    /// `[vocab, d_model]`; absent where embeddings are tied.
    case unembedding
    /// `[d_model]`: the norm before the unembedding.
    case finalNorm
    /// `[d_model]`: the norm before attention, `ln1`.
    case attentionNorm(layer: Int)
    /// `[heads * d_head, d_model]`
    case query(layer: Int)
    /// `[kv_heads * d_head, d_model]`
    case key(layer: Int)
    /// `[kv_heads * d_head, d_model]`
    case value(layer: Int)
    /// `[d_model, heads * d_head]`
    case attentionOutput(layer: Int)
    /// `[d_model]`: the norm before the feed-forward layer, `ln2`.
    case feedForwardNorm(layer: Int)
    /// `[d_mlp, d_model]`: its SiLU multiplies the up projection.
    case gate(layer: Int)
    /// `[d_mlp, d_model]`
    case up(layer: Int)
    /// `[d_model, d_mlp]`
    case down(layer: Int)
  }

  /// The tensor's name in a Hugging Face checkpoint.
  public let name: String
  /// Its shape, outermost dimension first.
  public let shape: [Int]
  /// What it is for.
  public let role: Role

  /// A tensor with its name, shape and purpose.
  public init(name: String, shape: [Int], role: Role) {
    self.name = name
    self.shape = shape
    self.role = role
  }

  /// Number of weights.
  public var count: Int { shape.reduce(1, *) }
}
