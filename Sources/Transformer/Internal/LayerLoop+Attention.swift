import Kernels
import Tensor

extension LayerLoop {
  /// Attention, into `workspace.branch`.
  func attention(_ block: Block, _ layer: Int, _ segments: [Segment], _ rows: Int) throws {
    let w = workspace
    let c = configuration
    var input = w.residual
    if let before = block.attentionNorm {
      try norm(before, of: w.residual, into: w.normalized, .ln1Scale, .ln1Normalized, layer, segments, rows)
      input = w.normalized
    }
    block.query.multiply(input, rows: rows, into: w.q)
    try observer.visit(.q, layer, w.q, segments)
    block.key.multiply(input, rows: rows, into: w.k)
    try observer.visit(.k, layer, w.k, segments)
    block.value.multiply(input, rows: rows, into: w.v)
    try observer.visit(.v, layer, w.v, segments)

    if let queryNorm = block.queryNorm { normaliseHeads(w.q, queryNorm, heads: c.heads, rows) }
    if let keyNorm = block.keyNorm { normaliseHeads(w.k, keyNorm, heads: c.keyValueHeads, rows) }
    if !c.architecture.hasLearnedPositions {
      rotate(w.q, heads: c.heads, layer, segments, rows)
      try observer.visit(.rotQ, layer, w.q, segments)
      rotate(w.k, heads: c.keyValueHeads, layer, segments, rows)
      try observer.visit(.rotK, layer, w.k, segments)
    }

    for segment in segments {
      mix(layer, segment)
      segment.cache?.store(
        layer: layer, keys: w.k + segment.row * c.keyValueWidth, values: w.v + segment.row * c.keyValueWidth,
        positions: segment.count)
    }
    try observer.visit(.z, layer, w.z, segments)
    block.attentionOutput.multiply(w.z, rows: rows, into: w.branch)
    try observer.visit(.attnModuleOut, layer, w.branch, segments)
    if let behind = block.attentionPostNorm {
      try norm(behind, of: w.branch, into: w.branch, .ln1PostScale, .ln1PostNormalized, layer, segments, rows)
    }
    try observer.visit(.attnOut, layer, w.branch, segments)
  }

  private func normaliseHeads(_ x: Buffer, _ weights: Norm, heads: Int, _ rows: Int) {
    let together = configuration.architecture.headNorm == .allHeads
    norm(
      weights, of: x, into: x, rows: together ? rows : rows * heads,
      width: together ? heads * configuration.headSize : configuration.headSize)
  }

  /// Turns queries or keys by their positions.
  private func rotate(_ x: Buffer, heads: Int, _ layer: Int, _ segments: [Segment], _ rows: Int) {
    let size = configuration.headSize
    let stride = Int64(heads * size)
    let isLocal = configuration.window(layer: layer) != nil
    let turned = Int64(configuration.rotary(layer: layer).width(headSize: size))
    func turn(_ first: Int, _ count: Int, _ table: RotaryTable.Rows) {
      workspace.positions.withUnsafeBufferPointer { positions in
        guard let positions = positions.baseAddress else { return }
        kernels_rotary(
          x + first * heads * size, stride, positions + first, table.cosine.pointer, table.sine.pointer, false,
          x + first * heads * size, stride, Int64(count), Int64(heads), Int64(size), turned)
      }
    }
    if model.rotary.dependOnLength {
      for segment in segments {
        turn(segment.row, segment.count, model.rotary.rows(isLocal: isLocal, positions: segment.end))
      }
    } else {
      let positions = segments.map(\.end).max() ?? 0
      turn(0, rows, model.rotary.rows(isLocal: isLocal, positions: positions))
    }
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
      scale: Float(c.scoreScale ?? 1 / Double(c.headSize).squareRoot()), soft_cap: Float(c.scoreCap ?? 0),
      window: Int64(c.window(layer: layer) ?? 0), out: w.z + segment.row * c.queryWidth, out_stride: queryStride)
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
