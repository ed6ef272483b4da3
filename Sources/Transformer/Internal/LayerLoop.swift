import Kernels
import Tensor

/// Runs blocks over a residual stream that lies in a workspace: from any layer to any layer, with or without caches.
///
/// A run from the middle needs the residual stream there and, for the positions before, the caches' keys and values.
struct LayerLoop {
  let model: Model
  let workspace: Workspace
  let observer: Observer

  private var configuration: ModelConfiguration { model.configuration }

  /// Puts the tokens' embeddings into the residual stream.
  func embed(_ segments: [Segment]) throws {
    let width = configuration.width
    for segment in segments {
      for (i, token) in segment.tokens.enumerated() {
        model.embedding.copyRow(token, into: workspace.residual + (segment.row + i) * width)
      }
    }
    try observer.visit(.embed, 0, workspace.residual, segments)
  }

  /// Runs a range of blocks. The residual stream enters as `resid_pre` of the first and leaves as `resid_post` of the
  /// last.
  func run(_ segments: [Segment], layers: Range<Int>) throws {
    guard let last = segments.last else { return }
    let rows = last.row + last.count
    for segment in segments {
      for i in 0..<segment.count { workspace.positions[segment.row + i] = Int32(segment.start + i) }
      segment.cache?.reserve(segment.end)
    }
    let table = model.rotary.rows(positions: segments.map(\.end).max() ?? 0)
    for layer in layers {
      let block = model.blocks[layer]
      try observer.visit(.residPre, layer, workspace.residual, segments)
      try attention(block, layer, segments, rows, table)
      try observer.visit(.residMid, layer, workspace.residual, segments)
      try feedForward(block, layer, segments, rows)
      try observer.visit(.residPost, layer, workspace.residual, segments)
    }
    for segment in segments { segment.cache?.advance(by: segment.count) }
  }

  /// The norm before the unembedding, into `workspace.normalized`.
  func finalNorm(_ segments: [Segment]) throws {
    guard let last = segments.last else { return }
    try norm(model.finalNorm, .lnFinalScale, .lnFinalNormalized, 0, segments, last.row + last.count)
  }

  /// The logits of some rows of `workspace.normalized`: `[rows.count * vocab]`.
  func unembed(rows: [Int]) -> [Float] {
    let width = configuration.width
    let vocabulary = configuration.vocabularySize
    let input = Buffer(rows.count * width)
    for (i, row) in rows.enumerated() {
      (input + i * width).update(from: workspace.normalized + row * width, count: width)
    }
    let output = Buffer(rows.count * vocabulary)
    model.unembedding.multiply(input.pointer, rows: rows.count, into: output.pointer)
    return Array(UnsafeBufferPointer(start: output.pointer, count: rows.count * vocabulary))
  }

  // MARK: Sublayers

  private func attention(
    _ block: Block, _ layer: Int, _ segments: [Segment], _ rows: Int, _ table: RotaryTable.Rows
  ) throws {
    let w = workspace
    try norm(block.attentionNorm, .ln1Scale, .ln1Normalized, layer, segments, rows)
    block.query.multiply(w.normalized.pointer, rows: rows, into: w.q.pointer)
    try observer.visit(.q, layer, w.q, segments)
    block.key.multiply(w.normalized.pointer, rows: rows, into: w.k.pointer)
    try observer.visit(.k, layer, w.k, segments)
    block.value.multiply(w.normalized.pointer, rows: rows, into: w.v.pointer)
    try observer.visit(.v, layer, w.v, segments)

    rotate(w.q, heads: configuration.heads, rows, table)
    try observer.visit(.rotQ, layer, w.q, segments)
    rotate(w.k, heads: configuration.keyValueHeads, rows, table)
    try observer.visit(.rotK, layer, w.k, segments)

    for segment in segments {
      mix(layer, segment)
      segment.cache?.store(
        layer: layer, keys: w.k + segment.row * configuration.keyValueWidth,
        values: w.v + segment.row * configuration.keyValueWidth, positions: segment.count)
    }
    try observer.visit(.z, layer, w.z, segments)
    block.attentionOutput.multiply(w.z.pointer, rows: rows, into: w.branch.pointer)
    try observer.visit(.attnOut, layer, w.branch, segments)
    kernels_add(w.residual.pointer, w.branch.pointer, w.residual.pointer, Int64(rows * configuration.width))
  }

  private func feedForward(_ block: Block, _ layer: Int, _ segments: [Segment], _ rows: Int) throws {
    let w = workspace
    let width = Int64(configuration.feedForwardWidth)
    try norm(block.feedForwardNorm, .ln2Scale, .ln2Normalized, layer, segments, rows)
    block.gate.multiply(w.normalized.pointer, rows: rows, into: w.gate.pointer)
    try observer.visit(.mlpPre, layer, w.gate, segments)
    block.up.multiply(w.normalized.pointer, rows: rows, into: w.up.pointer)
    try observer.visit(.mlpPreLinear, layer, w.up, segments)
    Threads.split(rows, grain: 64) { range in
      let offset = range.lowerBound * configuration.feedForwardWidth
      kernels_activate(
        KERNELS_SILU, w.gate + offset, width, w.up + offset, width, w.gate + offset, width, Int64(range.count), width)
    }
    try observer.visit(.mlpPost, layer, w.gate, segments)
    block.down.multiply(w.gate.pointer, rows: rows, into: w.branch.pointer)
    try observer.visit(.mlpOut, layer, w.branch, segments)
    kernels_add(w.residual.pointer, w.branch.pointer, w.residual.pointer, Int64(rows * configuration.width))
  }

  private func norm(
    _ weight: Buffer, _ scale: HookSite, _ normalized: HookSite, _ layer: Int, _ segments: [Segment], _ rows: Int
  ) throws {
    let width = Int64(configuration.width)
    kernels_rms_norm(
      workspace.residual.pointer, width, weight.pointer, 0, Float(configuration.normEpsilon),
      workspace.normalized.pointer, width, workspace.inverse.pointer, Int64(rows), width)
    if observer.watches(scale, layer) {
      for row in 0..<rows { workspace.inverse.pointer[row] = 1 / workspace.inverse.pointer[row] }
      try observer.visit(scale, layer, workspace.inverse, segments)
    }
    try observer.visit(normalized, layer, workspace.normalized, segments)
  }

  private func rotate(_ x: Buffer, heads: Int, _ rows: Int, _ table: RotaryTable.Rows) {
    let size = configuration.headSize
    let stride = Int64(heads * size)
    kernels_rotary(
      x.pointer, stride, workspace.positions, table.cosine.pointer, table.sine.pointer, false, x.pointer, stride,
      Int64(rows), Int64(heads), Int64(size), Int64(size))
  }

  /// Attention of one sequence's stretch, into `workspace.z`.
  private func mix(_ layer: Int, _ segment: Segment) {
    let c = configuration
    let w = workspace
    let keyStride = Int64(c.keyValueWidth)
    let queryStride = Int64(c.queryWidth)
    let prefix = segment.cache == nil ? 0 : segment.start
    let attention = kernels_attention(
      queries: Int64(segment.count), keys: Int64(segment.end), prefix: Int64(prefix),
      heads: Int64(c.heads), kv_heads: Int64(c.keyValueHeads), head_width: Int64(c.headSize),
      q: w.q + segment.row * c.queryWidth, q_stride: queryStride,
      prefix_k: segment.cache?.keys(layer: layer), prefix_v: segment.cache?.values(layer: layer),
      prefix_k_stride: keyStride, prefix_v_stride: keyStride,
      k: w.k + segment.row * c.keyValueWidth, v: w.v + segment.row * c.keyValueWidth,
      k_stride: keyStride, v_stride: keyStride,
      scale: Float(1 / Double(c.headSize).squareRoot()), soft_cap: 0, window: 0,
      out: w.z + segment.row * c.queryWidth, out_stride: queryStride)
    let queries = Int64(segment.count)
    if observer.watches(.attnScores, layer) || observer.watches(.pattern, layer) {
      let heads = Int64(c.heads)
      let pattern = Buffer(c.heads * segment.count * segment.end)
      withUnsafePointer(to: attention) { attention in
        kernels_attention_scores(attention, pattern.pointer, 0, heads, 0, queries)
        observer.capturePairwise(.attnScores, layer, pattern, segment)
        kernels_attention_softmax(attention, pattern.pointer, pattern.pointer, 0, heads, 0, queries)
        observer.capturePairwise(.pattern, layer, pattern, segment)
        kernels_attention_mix(attention, pattern.pointer, 0, heads, 0, queries)
      }
    } else {
      // A head of a short stretch is not worth a thread of its own.
      let work = max(1, segment.count * segment.end * c.headSize)
      Threads.split(c.heads, grain: max(1, 100_000 / work)) { range in
        withUnsafePointer(to: attention) {
          kernels_attention_fused($0, Int64(range.lowerBound), Int64(range.upperBound), 0, queries)
        }
      }
    }
  }
}
