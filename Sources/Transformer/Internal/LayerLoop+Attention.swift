import Kernels
import Tensor

extension LayerLoop {
  /// Attention, into `workspace.branch`.
  ///
  /// - Parameter onlyLast: whether queries are made of each stretch's last position alone; the residual stream is then
  ///   left with those rows.
  /// - Returns: the stretches that have queries.
  func attention(_ block: Block, _ layer: Int, _ segments: [Segment], onlyLast: Bool) throws -> [Segment] {
    let w = workspace
    let c = configuration
    let rows = Self.rows(segments)
    var input = w.residual
    if let before = block.attentionNorm {
      try norm(before, of: w.residual, into: w.normalized, .ln1Scale, .ln1Normalized, layer, segments, rows)
      input = w.normalized
    }
    block.key.multiply(input, rows: rows, into: w.k)
    try observer.visit(.k, layer, w.k, segments)
    block.value.multiply(input, rows: rows, into: w.v)
    try observer.visit(.v, layer, w.v, segments)
    if let keyNorm = block.keyNorm { normaliseHeads(w.k, keyNorm, heads: c.keyValueHeads, rows) }
    if !c.architecture.hasLearnedPositions {
      rotate(w.k, heads: c.keyValueHeads, layer, segments, rows)
      try observer.visit(.rotK, layer, w.k, segments)
    }

    let queries = onlyLast ? keepLast(of: segments) : segments
    let queryRows = Self.rows(queries)
    block.query.multiply(input, rows: queryRows, into: w.q)
    try observer.visit(.q, layer, w.q, queries)
    if let queryNorm = block.queryNorm { normaliseHeads(w.q, queryNorm, heads: c.heads, queryRows) }
    if !c.architecture.hasLearnedPositions {
      rotate(w.q, heads: c.heads, layer, queries, queryRows)
      try observer.visit(.rotQ, layer, w.q, queries)
    }

    try mix(layer, queries, keys: segments)
    for segment in segments where segment.extendsCache {
      segment.cache?.store(
        layer: layer, keys: w.k + segment.row * c.keyValueWidth, values: w.v + segment.row * c.keyValueWidth,
        positions: segment.count)
    }
    try observer.visit(.z, layer, w.z, queries)
    block.attentionOutput.multiply(w.z, rows: queryRows, into: w.branch)
    if observer.watches(.result, layer) { try visitResults(block, layer, queries, queryRows) }
    try observer.visit(.attnModuleOut, layer, w.branch, queries)
    if let behind = block.attentionPostNorm {
      try norm(behind, of: w.branch, into: w.branch, .ln1PostScale, .ln1PostNormalized, layer, queries, queryRows)
    }
    try observer.visit(.attnOut, layer, w.branch, queries)
    return queries
  }

  /// Moves each stretch's last row to the front, of the residual stream and of what attention reads.
  private func keepLast(of segments: [Segment]) -> [Segment] {
    let width = configuration.width
    return segments.enumerated().map { i, segment in
      let from = segment.row + segment.count - 1
      if from != i {
        (workspace.residual + i * width).update(from: workspace.residual + from * width, count: width)
        (workspace.normalized + i * width).update(from: workspace.normalized + from * width, count: width)
      }
      workspace.positions[i] = Int32(segment.end - 1)
      return segment.last(row: i)
    }
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

  /// Attention of stretches over their own keys and those in their caches, into `workspace.z`.
  private func mix(_ layer: Int, _ queries: [Segment], keys: [Segment]) throws {
    let c = configuration
    if observer.watches(.attnScores, layer) || observer.watches(.pattern, layer) {
      for (segment, own) in zip(queries, keys) { try mixObserved(layer, segment, keys: own) }
      return
    }
    // A head of a short stretch is not worth a thread of its own.
    let work = zip(queries, keys).reduce(0) { $0 + $1.0.count * $1.1.end } * c.headSize / max(1, queries.count)
    Threads.split(queries.count * c.heads, grain: max(1, 100_000 / max(1, work))) { range in
      var unit = range.lowerBound
      while unit < range.upperBound {
        let (index, head) = unit.quotientAndRemainder(dividingBy: c.heads)
        let end = min(c.heads, head + range.upperBound - unit)
        withUnsafePointer(to: attention(layer, queries[index], keys: keys[index])) {
          kernels_attention_fused($0, Int64(head), Int64(end), 0, Int64(queries[index].count))
        }
        unit += end - head
      }
    }
  }

  /// The same of one stretch, step by step, for those who watch scores and patterns.
  private func mixObserved(_ layer: Int, _ segment: Segment, keys: Segment) throws {
    let (heads, queries) = (Int64(configuration.heads), Int64(segment.count))
    let window = configuration.window(layer: layer)
    let pattern = Buffer(configuration.heads * segment.count * segment.end)
    try withUnsafePointer(to: attention(layer, segment, keys: keys)) { attention in
      kernels_attention_scores(attention, pattern.pointer, 0, heads, 0, queries)
      try observer.visitPairwise(.attnScores, layer, pattern, segment, window: window)
      kernels_attention_softmax(attention, pattern.pointer, pattern.pointer, 0, heads, 0, queries)
      try observer.visitPairwise(.pattern, layer, pattern, segment, window: window)
      kernels_attention_mix(attention, pattern.pointer, 0, heads, 0, queries)
    }
  }

  /// What each head adds, for those who watch it: the projection of its values alone. A change of it is added, in float64
  /// and rounded once, to what the projection gave.
  private func visitResults(_ block: Block, _ layer: Int, _ queries: [Segment], _ rows: Int) throws {
    let (c, w) = (configuration, workspace)
    let results = Buffer(rows * c.heads * c.width)
    let alone = Buffer(rows * c.queryWidth)
    let output = Buffer(rows * c.width)
    for head in 0..<c.heads {
      // The other heads' values are zero, and adding their products changes nothing.
      alone.pointer.update(repeating: 0, count: rows * c.queryWidth)
      for row in 0..<rows {
        let offset = row * c.queryWidth + head * c.headSize
        (alone + offset).update(from: w.z + offset, count: c.headSize)
      }
      block.attentionOutput.matrix.multiply(alone.pointer, rows: rows, bias: nil, into: output.pointer)
      for row in 0..<rows {
        (results + (row * c.heads + head) * c.width).update(from: output + row * c.width, count: c.width)
      }
    }
    guard observer.intervenes(.result, layer) else { return try observer.visit(.result, layer, results, queries) }
    let before = Buffer(results.count)
    before.pointer.update(from: results.pointer, count: results.count)
    try observer.visit(.result, layer, results, queries)
    for row in 0..<rows {
      for i in 0..<c.width {
        var change = 0.0
        for head in 0..<c.heads {
          let place = (row * c.heads + head) * c.width + i
          change += Double(results.pointer[place]) - Double(before.pointer[place])
        }
        if change != 0 {
          w.branch.pointer[row * c.width + i] = Float(Double(w.branch.pointer[row * c.width + i]) + change)
        }
      }
    }
  }

  /// What the kernels need to know of one stretch.
  private func attention(_ layer: Int, _ segment: Segment, keys: Segment) -> kernels_attention {
    let c = configuration
    let w = workspace
    let keyStride = Int64(c.keyValueWidth)
    let queryStride = Int64(c.queryWidth)
    return kernels_attention(
      queries: Int64(segment.count), keys: Int64(keys.end), prefix: Int64(keys.cache == nil ? 0 : keys.start),
      heads: Int64(c.heads), kv_heads: Int64(c.keyValueHeads), head_width: Int64(c.headSize),
      q: w.q + segment.row * c.queryWidth, q_stride: queryStride,
      prefix_k: keys.cache?.keys(layer: layer), prefix_v: keys.cache?.values(layer: layer),
      prefix_k_stride: keyStride, prefix_v_stride: keyStride,
      k: w.k + keys.row * c.keyValueWidth, v: w.v + keys.row * c.keyValueWidth,
      k_stride: keyStride, v_stride: keyStride,
      scale: Float(c.scoreScale ?? 1 / Double(c.headSize).squareRoot()), soft_cap: Float(c.scoreCap ?? 0),
      window: Int64(c.window(layer: layer) ?? 0), out: w.z + segment.row * c.queryWidth, out_stride: queryStride)
  }
}
