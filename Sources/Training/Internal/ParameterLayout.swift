import Transformer

/// Where each parameter lies in one flat buffer: weights, gradients and both moments share it, so that clipping and the
/// optimiser are loops over plain memory.
///
/// Query, key and value projections follow each other without a gap, and so do gate and up: each group is one matrix
/// `[outputs, inputs]` and one product.
struct ParameterLayout: Sendable {
  /// One parameter and its place.
  struct Entry: Sendable {
    let parameter: Parameter
    let offset: Int

    var range: Range<Int> { offset..<offset + parameter.count }
    /// Matrices decay; norm weights do not.
    var decays: Bool { parameter.shape.count > 1 }
  }

  /// Offsets of one block's parameters.
  struct Block: Sendable {
    var attentionNorm = 0
    /// `[(heads + 2 kv_heads) * d_head, d_model]`
    var queryKeyValue = 0
    var attentionOutput = 0
    var feedForwardNorm = 0
    /// `[2 * d_mlp, d_model]`
    var gateUp = 0
    var down = 0
  }

  /// In the order of the checkpoint.
  let entries: [Entry]
  let blocks: [Block]
  let embedding: Int
  let finalNorm: Int
  /// The embedding's offset where embeddings are tied.
  let unembedding: Int
  /// Floats in all, the gaps between groups included; these stay zero.
  let count: Int

  init(_ configuration: ModelConfiguration) {
    var entries: [Entry] = []
    var blocks = [Block](repeating: Block(), count: configuration.layers)
    var embedding = 0
    var finalNorm = 0
    var unembedding: Int?
    var end = 0
    for parameter in configuration.parameters {
      let follows =
        switch parameter.role {
        case .key, .value, .up: true
        default: false
        }
      let offset = follows ? end : (end + 15) / 16 * 16
      switch parameter.role {
      case .embedding: embedding = offset
      case .unembedding: unembedding = offset
      case .finalNorm: finalNorm = offset
      case .attentionNorm(let layer): blocks[layer].attentionNorm = offset
      case .query(let layer): blocks[layer].queryKeyValue = offset
      case .attentionOutput(let layer): blocks[layer].attentionOutput = offset
      case .feedForwardNorm(let layer): blocks[layer].feedForwardNorm = offset
      case .gate(let layer): blocks[layer].gateUp = offset
      case .down(let layer): blocks[layer].down = offset
      // Keys, values and the up projection follow what they are grouped with; a plain Llama has nothing else.
      default: break
      }
      entries.append(Entry(parameter: parameter, offset: offset))
      end = offset + parameter.count
    }
    self.entries = entries
    self.blocks = blocks
    self.embedding = embedding
    self.finalNorm = finalNorm
    self.unembedding = unembedding ?? embedding
    count = (end + 15) / 16 * 16
  }
}
