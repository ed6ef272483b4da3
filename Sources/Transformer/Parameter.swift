/// One tensor that the engine computes with: what it is for, its shape, and where in a checkpoint it lies.
///
/// Families name and lay out their tensors differently: fused, transposed, interleaved. A parameter says how to find its
/// own part, so that everything else sees the same `[outputs, inputs]`.
public struct Parameter: Hashable, Sendable {
  /// What a tensor is for, whatever a family calls it. Projections are `[outputs, inputs]`.
  public indirect enum Role: Hashable, Sendable {
    /// `[vocab, d_model]`
    case embedding
    /// `[positions, d_model]`: what is added for each position.
    case positionEmbedding
    /// `[vocab, d_model]`; absent where embeddings are tied.
    case unembedding
    /// `[d_model]`: the norm before the unembedding.
    case finalNorm
    /// `[d_model]`: the norm before attention, `ln1`.
    case attentionNorm(layer: Int)
    /// `[d_model]`: the norm behind attention, `ln1_post`.
    case attentionPostNorm(layer: Int)
    /// `[heads * d_head, d_model]`
    case query(layer: Int)
    /// `[kv_heads * d_head, d_model]`
    case key(layer: Int)
    /// `[kv_heads * d_head, d_model]`
    case value(layer: Int)
    /// `[d_head]`, or `[heads * d_head]` where all heads are normalised together.
    case queryNorm(layer: Int)
    /// `[d_head]`, or `[kv_heads * d_head]`
    case keyNorm(layer: Int)
    /// `[d_model, heads * d_head]`
    case attentionOutput(layer: Int)
    /// `[d_model]`: the norm before the feed-forward layer, `ln2`.
    case feedForwardNorm(layer: Int)
    /// `[d_model]`: the norm behind the feed-forward layer, `ln2_post`.
    case feedForwardPostNorm(layer: Int)
    /// `[d_mlp, d_model]`: its activation multiplies the up projection.
    case gate(layer: Int)
    /// `[d_mlp, d_model]`
    case up(layer: Int)
    /// `[d_model, d_mlp]`
    case down(layer: Int)
    /// What a projection or a LayerNorm adds: one number for each output.
    case bias(of: Role)
  }

  /// Where a parameter lies in the tensor that a checkpoint stores.
  public enum Place: Hashable, Sendable {
    /// It is the stored tensor.
    case whole
    /// The stored tensor is its transpose, `[inputs, outputs]` (GPT-2).
    case transposed
    /// Rows of a stored tensor that has `of` of them.
    case rows([Range<Int>], of: Int)
    /// Columns of a stored transpose that has `of` of them: `[inputs, of]`.
    case columns([Range<Int>], of: Int)
  }

  /// The stored tensor's name in a Hugging Face checkpoint.
  public let name: String
  /// The parameter's own shape, outermost dimension first.
  public let shape: [Int]
  /// What it is for.
  public let role: Role
  /// Where it lies in the stored tensor.
  public let place: Place

  /// A parameter with its name, shape, purpose and place.
  public init(name: String, shape: [Int], role: Role, place: Place = .whole) {
    self.name = name
    self.shape = shape
    self.role = role
    self.place = place
  }

  /// Number of weights.
  public var count: Int { shape.reduce(1, *) }

  /// The shape of the stored tensor.
  public var storedShape: [Int] {
    switch place {
    case .whole: shape
    case .transposed: shape.reversed()
    case .rows(_, let all): [all] + shape.dropFirst()
    case .columns(_, let all): shape.dropFirst() + [all]
    }
  }

  /// Picks the parameter's elements, `[outputs, inputs]`, out of the stored tensor's.
  func pick<Element>(from stored: some RandomAccessCollection<Element>) -> [Element] {
    func at(_ index: Int) -> Element { stored[stored.index(stored.startIndex, offsetBy: index)] }
    switch place {
    case .whole: return Array(stored)
    case .rows(let ranges, _):
      let width = shape.dropFirst().reduce(1, *)
      return ranges.flatMap { range in (range.lowerBound * width..<range.upperBound * width).map(at) }
    case .transposed, .columns:
      let (inputs, all) = (storedShape[0], storedShape[1])
      let ranges = if case .columns(let ranges, _) = place { ranges } else { [0..<all] }
      return ranges.flatMap { $0.flatMap { output in (0..<inputs).map { at($0 * all + output) } } }
    }
  }
}
