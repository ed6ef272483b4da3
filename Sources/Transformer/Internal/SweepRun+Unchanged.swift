import Synchronization
import Tensor

/// The unchanged run that a sweep's cells start from: what is kept of it, and of how many sequences at a time.
extension SweepRun {
  /// What is kept of the unchanged run of some sequences.
  struct Kept {
    /// The first of the sequences.
    let first: Int
    /// `d_model`
    let width: Int
    /// For each sequence its first row in `residual`.
    let rows: [Int]
    /// The residual stream before blocks where cells start, and behind the last: `[tokens, d_model]` each.
    let residual: [Int: Buffer]
    /// For each sequence.
    let caches: [KeyValueCache]
    /// By sequence, counted from the first.
    var activations: Activations

    func residual(_ layer: Int, _ sequence: Int, _ position: Int) -> UnsafeMutablePointer<Float>? {
      residual[layer].map { $0 + (rows[sequence - first] + position) * width }
    }

    /// Copies some positions' residual stream before a block to where a segment has its rows.
    func copyResidual(_ layer: Int, of segment: Segment, at positions: Range<Int>, to workspace: Workspace) {
      guard let from = residual(layer, segment.sequence, positions.lowerBound) else { return }
      (workspace.residual + (segment.row + positions.lowerBound - segment.start) * width).update(
        from: from, count: positions.count * width)
    }
  }

  /// Sequences whose unchanged run is kept at one time.
  func chunks() -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var (begin, tokens) = (0, 0)
    for (index, sequence) in plan.sequences.enumerated() {
      if index > begin, (tokens + sequence.count) * model.keptBytesPerToken > BatchLimits.current.keptBytes {
        chunks.append(begin..<index)
        (begin, tokens) = (index, 0)
      }
      tokens += sequence.count
    }
    if begin < plan.sequences.count { chunks.append(begin..<plan.sequences.count) }
    return chunks
  }

  /// Runs a chunk's sequences unchanged, as far as any cell needs it.
  func keep(_ chunk: Range<Int>) throws -> Kept {
    let c = model.configuration
    let starts = Set(chunk.flatMap { sequence in self.starts.map { $0[sequence] } })
    let hasPrefix = starts.contains { $0.needsPrefix(layers: plan.layers) }
    let needed = Set(starts.flatMap(\.residuals))
    let layers = hasPrefix || !plan.points.isEmpty ? plan.layers : needed.max() ?? 0
    var rows: [Int] = []
    var total = 0
    for sequence in chunk {
      rows.append(total)
      total += plan.sequences[sequence].count
    }
    let residual = Dictionary(uniqueKeysWithValues: needed.map { ($0, Buffer(total * c.width)) })
    var kept = Kept(
      first: chunk.lowerBound, width: c.width, rows: rows, residual: residual,
      caches: chunk.map { KeyValueCache(for: c, capacity: hasPrefix ? plan.sequences[$0].count : 0) },
      activations: Activations(points: plan.points, sequences: chunk.count, configuration: c))
    guard hasPrefix || !plan.points.isEmpty || !residual.isEmpty else { return kept }

    let unchanged = kept
    let captured = Mutex((activations: kept.activations, failure: (any Error)?.none))
    forEach(groups(Array(chunk), within: model.batchTokens(.current)) { plan.sequences[$0].count }) {
      group, workspace in
      do {
        let observer = Observer(
          arms: [[]], capture: plan.points, at: plan.positions, slots: chunk.count, sequences: plan.sequences.count,
          configuration: c)
        var row = 0
        let segments = group.map { sequence in
          let tokens = plan.sequences[sequence]
          defer { row += tokens.count }
          return Segment(
            slot: sequence - chunk.lowerBound, item: Item(sequence: sequence, arm: 0), tokens: tokens[...], start: 0,
            promptLength: plan.promptLengths[sequence], row: row,
            cache: hasPrefix ? unchanged.caches[sequence - chunk.lowerBound] : nil)
        }
        if workspace.rows < row { workspace = Workspace(rows: row, configuration: c) }
        let loop = LayerLoop(model: model, workspace: workspace, observer: observer)
        func keepResidual(_ layer: Int) {
          for segment in segments {
            unchanged.residual(layer, segment.sequence, 0)?.update(
              from: loop.workspace.residual + segment.row * c.width, count: segment.count * c.width)
          }
        }
        try loop.embed(segments)
        try loop.run(segments, layers: 0..<layers, before: keepResidual)
        keepResidual(layers)
        if plan.points.contains(where: \.site.isBehindBlocks) { try loop.finalNorm(segments) }
        captured.withLock { $0.activations.merge(observer.activations) }
      } catch {
        captured.withLock { $0.failure = error }
      }
    }
    let result = captured.withLock { $0 }
    if let failure = result.failure { throw failure }
    kept.activations = result.activations
    return kept
  }
}
