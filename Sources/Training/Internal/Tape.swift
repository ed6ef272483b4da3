/// What one block's forward pass leaves for its backward pass. Rows are those of the sequences that passed through it.
///
/// Norm outputs and the feed-forward product are not kept: they are cheaper to compute again than to fetch.
struct BlockTape {
  var rows: RaggedRows
  /// `[rows, d_model]`: the residual stream before the block.
  let input: FloatBuffer
  /// `[rows]`
  let attentionInverse: FloatBuffer
  /// `[rows, (heads + 2 kv_heads) * d_head]`: queries and keys rotated, then values.
  let queryKeyValue: FloatBuffer
  /// `[heads, length, length]` for one sequence after the other.
  let pattern: FloatBuffer
  /// `[rows, heads * d_head]`
  let mixed: FloatBuffer
  /// `[rows, d_model]`: the residual stream between attention and feed-forward.
  let middle: FloatBuffer
  /// `[rows]`
  let feedForwardInverse: FloatBuffer
  /// `[rows, 2 * d_mlp]`
  let gateUp: FloatBuffer

  init(_ shape: BlockShape, rows: Int, patterns: Int) {
    self.rows = RaggedRows(heads: shape.heads)
    input = FloatBuffer(count: rows * shape.width)
    attentionInverse = FloatBuffer(count: rows)
    queryKeyValue = FloatBuffer(count: rows * shape.queryKeyValueWidth)
    pattern = FloatBuffer(count: patterns)
    mixed = FloatBuffer(count: rows * shape.queryWidth)
    middle = FloatBuffer(count: rows * shape.width)
    feedForwardInverse = FloatBuffer(count: rows)
    gateUp = FloatBuffer(count: rows * 2 * shape.feedForwardWidth)
  }
}

/// The lengths that every block shares.
struct BlockShape: Sendable {
  let width: Int
  let heads: Int
  let keyValueHeads: Int
  let headSize: Int
  let feedForwardWidth: Int
  let vocabularySize: Int

  var queryWidth: Int { heads * headSize }
  var keyValueWidth: Int { keyValueHeads * headSize }
  var queryKeyValueWidth: Int { queryWidth + 2 * keyValueWidth }
}

/// Memory that blocks use one after the other, and the ends of the network.
struct Scratch {
  /// `[rows, d_model]`: the residual stream on the way forward, its gradient on the way back.
  let stream: FloatBuffer
  /// `[rows, d_model]`: outputs of norms.
  let normalised: FloatBuffer
  let normalisedAgain: FloatBuffer
  /// `[rows, d_model]`: gradients of the stream after a block and in its middle, and of norm outputs.
  let outputGradient: FloatBuffer
  let middleGradient: FloatBuffer
  let normGradient: FloatBuffer
  let normGradientAgain: FloatBuffer
  /// `[rows, heads * d_head]`
  let mixedGradient: FloatBuffer
  /// `[rows, (heads + 2 kv_heads) * d_head]`
  let queryKeyValueGradient: FloatBuffer
  /// `[rows, d_mlp]`
  let product: FloatBuffer
  let productGradient: FloatBuffer
  /// `[rows, 2 * d_mlp]`
  let gateUpGradient: FloatBuffer
  /// `[rows, vocab]`: logits, then their gradient.
  let logits: FloatBuffer
  /// `[rows, d_model]`: the last residual stream.
  let final: FloatBuffer
  /// `[rows]`
  let finalInverse: FloatBuffer
  let logSumExp: FloatBuffer
  let losses: FloatBuffer
  /// Activations packed for weight gradients: the widest is all inputs of one block's matrices.
  let packed: FloatBuffer
  /// One for each thread.
  let attention: [FloatBuffer]

  init(_ shape: BlockShape, rows: Int, attention: Int, threads: Int) {
    func rowsOf(_ width: Int) -> FloatBuffer { FloatBuffer(count: rows * width) }
    stream = rowsOf(shape.width)
    normalised = rowsOf(shape.width)
    normalisedAgain = rowsOf(shape.width)
    outputGradient = rowsOf(shape.width)
    middleGradient = rowsOf(shape.width)
    normGradient = rowsOf(shape.width)
    normGradientAgain = rowsOf(shape.width)
    mixedGradient = rowsOf(shape.queryWidth)
    queryKeyValueGradient = rowsOf(shape.queryKeyValueWidth)
    product = rowsOf(shape.feedForwardWidth)
    productGradient = rowsOf(shape.feedForwardWidth)
    gateUpGradient = rowsOf(2 * shape.feedForwardWidth)
    logits = rowsOf(shape.vocabularySize)
    final = rowsOf(shape.width)
    finalInverse = rowsOf(1)
    logSumExp = rowsOf(1)
    losses = rowsOf(1)
    let panels =
      2 * TrainableMatrix.panels(shape.width) + TrainableMatrix.panels(shape.queryWidth)
      + TrainableMatrix.panels(shape.feedForwardWidth)
    packed = rowsOf(panels * panelWidth)
    self.attention = (0..<threads).map { _ in FloatBuffer(count: attention) }
  }
}
