import Kernels
import Transformer

/// A Llama-family network that can be run forward and back: weights, their gradients, and the memory for one batch.
///
/// Both directions work on rows laid end to end, split over threads by rows, sequences or output panels; every sum has
/// a fixed order (``kernels_multiply``'s chains), so the bits are the same for any number of threads.
final class TrainableModel {
  let configuration: ModelConfiguration
  let layout: ParameterLayout
  let shape: BlockShape
  let loop: ParallelLoop
  /// Laid out by ``layout``, as are the gradients.
  let weights: FloatBuffer
  let gradients: FloatBuffer
  let blocks: [Block]
  let unembedding: TrainableMatrix
  var tapes: [BlockTape] = []
  var scratch: Scratch
  private var capacity = (rows: 0, patterns: 0, longest: 0)
  private var tables = RotaryTables()
  private let frequencies: [Double]

  /// One block's matrices.
  struct Block {
    let offsets: ParameterLayout.Block
    let queryKeyValue: TrainableMatrix
    let attentionOutput: TrainableMatrix
    let gateUp: TrainableMatrix
    let down: TrainableMatrix
  }

  /// Rows that one task takes through a run of layers: few enough to stay in a core's cache.
  static let rowGrain = 96

  init(_ configuration: ModelConfiguration, threads: Int) {
    let shape = BlockShape(
      width: configuration.width, heads: configuration.heads, keyValueHeads: configuration.keyValueHeads,
      headSize: configuration.headSize, feedForwardWidth: configuration.feedForwardWidth,
      vocabularySize: configuration.vocabularySize)
    let layout = ParameterLayout(configuration)
    self.configuration = configuration
    self.layout = layout
    self.shape = shape
    loop = ParallelLoop(threads: threads)
    weights = FloatBuffer(count: layout.count)
    gradients = FloatBuffer(count: layout.count)
    blocks = layout.blocks.map { offsets in
      Block(
        offsets: offsets,
        queryKeyValue: TrainableMatrix(
          outputs: shape.queryKeyValueWidth, inputs: shape.width, offset: offsets.queryKeyValue),
        attentionOutput: TrainableMatrix(
          outputs: shape.width, inputs: shape.queryWidth, offset: offsets.attentionOutput),
        gateUp: TrainableMatrix(outputs: 2 * shape.feedForwardWidth, inputs: shape.width, offset: offsets.gateUp),
        down: TrainableMatrix(outputs: shape.width, inputs: shape.feedForwardWidth, offset: offsets.down))
    }
    unembedding = TrainableMatrix(outputs: shape.vocabularySize, inputs: shape.width, offset: layout.unembedding)
    scratch = Scratch(shape, rows: 0, attention: 0, threads: loop.threads)
    frequencies = configuration.rotary.frequencies(headSize: configuration.headSize)
  }

  /// Packs all matrices anew; to be called whenever the weights have changed.
  func pack() {
    var tasks: [(matrix: TrainableMatrix, panel: Int)] = []
    for block in blocks {
      for matrix in [block.queryKeyValue, block.attentionOutput, block.gateUp, block.down] {
        tasks += (0..<matrix.panels).map { (matrix, $0) }
      }
    }
    tasks += (0..<unembedding.panels).map { (unembedding, $0) }
    loop.run(tasks.count) { index, _ in tasks[index].matrix.pack(panel: tasks[index].panel, from: weights.base) }
  }

  /// Makes room for a batch; memory only grows.
  func reserve(_ rows: RaggedRows) {
    let longest = rows.spans.map(\.length).max() ?? 0
    let fits = rows.count <= capacity.rows && rows.patternCount <= capacity.patterns && longest <= capacity.longest
    guard !fits else { return }
    capacity = (
      max(capacity.rows, rows.count), max(capacity.patterns, rows.patternCount), max(capacity.longest, longest)
    )
    tapes = blocks.map { _ in BlockTape(shape, rows: capacity.rows, patterns: capacity.patterns) }
    var widest = kernels_attention()
    widest.queries = Int64(capacity.longest)
    widest.head_width = Int64(shape.headSize)
    let attention = Int(kernels_attention_backward_scratch(&widest))
    scratch = Scratch(shape, rows: capacity.rows, attention: attention, threads: loop.threads)
    tables = RotaryTables(frequencies: frequencies, positions: capacity.longest)
  }

  /// Turns queries and keys of rows `[begin, begin + count)` by their positions, or back.
  func rotate(_ values: UnsafeMutablePointer<Float>, positions: UnsafePointer<Int32>, count: Int, inverse: Bool) {
    let stride = Int64(shape.queryKeyValueWidth)
    kernels_rotary(
      values, stride, positions, tables.cosine.base, tables.sine.base, inverse, values, stride, Int64(count),
      Int64(shape.heads + shape.keyValueHeads), Int64(shape.headSize), Int64(shape.headSize))
  }

  /// One sequence's attention in a block.
  func attention(_ tape: BlockTape, _ span: RaggedRows.Span) -> kernels_attention {
    let stride = shape.queryKeyValueWidth
    let first = tape.queryKeyValue.base + span.start * stride
    var attention = kernels_attention()
    attention.queries = Int64(span.length)
    attention.keys = Int64(span.length)
    attention.heads = Int64(shape.heads)
    attention.kv_heads = Int64(shape.keyValueHeads)
    attention.head_width = Int64(shape.headSize)
    attention.q = UnsafePointer(first)
    attention.q_stride = Int64(stride)
    attention.k = UnsafePointer(first + shape.queryWidth)
    attention.k_stride = Int64(stride)
    attention.v = UnsafePointer(first + shape.queryWidth + shape.keyValueWidth)
    attention.v_stride = Int64(stride)
    attention.scale = Float(1 / Double(shape.headSize).squareRoot())
    attention.out = tape.mixed.base + span.start * shape.queryWidth
    attention.out_stride = Int64(shape.queryWidth)
    return attention
  }

  /// Sequence and key-value head pairs of a block, each a task of its own.
  func attentionTasks(_ rows: RaggedRows, _ body: (_ span: RaggedRows.Span, _ head: Int, _ thread: Int) -> Void) {
    // Long sequences first: the last task to finish is then a short one.
    let order = rows.spans.indices.sorted {
      (rows.spans[$1].length, $0) < (rows.spans[$0].length, $1)
    }
    loop.run(order.count * shape.keyValueHeads) { task, thread in
      body(rows.spans[order[task / shape.keyValueHeads]], task % shape.keyValueHeads, thread)
    }
  }
}

/// Cosines and sines of every position and frequency.
struct RotaryTables {
  /// `[positions, d_head / 2]`
  let cosine: FloatBuffer
  let sine: FloatBuffer

  init(frequencies: [Double] = [], positions: Int = 0) {
    cosine = FloatBuffer(count: positions * frequencies.count)
    sine = FloatBuffer(count: positions * frequencies.count)
    kernels_rotary_table(
      frequencies, Int64(frequencies.count), 0, Int64(positions), 1, true, cosine.base, sine.base)
  }
}
