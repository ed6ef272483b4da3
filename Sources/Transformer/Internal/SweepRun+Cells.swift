import Synchronization
import Tensor

/// How the cells of a batch are computed and read.
extension SweepRun {
  /// A cell that is done.
  struct Done {
    let item: Item
    let value: Value
    /// The cell whole, if it is of the sample.
    let sampled: Sweep.Cell?
  }

  func compute(
    _ batch: Batch, _ kept: Kept, _ workspace: inout Workspace
  ) throws -> (cells: [Done], reports: [(arm: Int, list: [InterventionReport])], computed: Int) {
    let c = model.configuration
    // Arms are numbered anew, so that the observer knows of this batch's only.
    let arms = Array(Set(batch.items.map(\.arm))).sorted()
    let number = Dictionary(uniqueKeysWithValues: arms.enumerated().map { ($1, $0) })
    let observer = Observer(
      arms: arms.map { plan.arms[$0] }, capture: plan.points, at: plan.positions, slots: batch.items.count,
      sequences: plan.sequences.count, configuration: c)
    let all = segments(of: batch, arms: number, kept) { $0.position..<$1 }
    let rows = LayerLoop.rows(all)
    if workspace.rows < rows { workspace = Workspace(rows: rows, configuration: c) }
    let loop = LayerLoop(model: model, workspace: workspace, observer: observer)
    var layers = max(0, batch.layer)..<plan.layers
    var computed = 0
    if batch.layer < 0 {
      try loop.embed(all)
    } else {
      let first = segments(of: batch, arms: number, kept) { $0.leavingBlock ?? $0.position..<$1 }
      for segment in first {
        kept.copyResidual(batch.layer, of: segment, at: segment.start..<segment.end, to: workspace)
      }
      if LayerLoop.rows(first) < rows {
        try loop.run(first, layers: layers.prefix(1))
        computed = LayerLoop.rows(first)
        layers = layers.dropFirst()
        spread(first, to: all, layers.lowerBound, kept, workspace)
      }
    }
    computed += rows * layers.count
    let last = try loop.run(all, layers: layers, lastOnly: plan.logits == .last)
    if plan.wantsFinalNorm { try loop.finalNorm(last) }

    var cells: [Done] = []
    cells.reserveCapacity(last.count)
    // A few cells' logits at a time: a vocabulary is wide.
    let together = plan.logits == .all ? 1 : 64
    for begin in stride(from: 0, to: last.count, by: together) {
      let some = begin..<min(last.count, begin + together)
      cells += try finish(some.map { last[$0] }, batch, kept, observer, loop)
    }
    return (cells, arms.indices.map { (arms[$0], observer.reports[$0]) }, computed)
  }

  /// The stretches of a batch's cells: some positions of each.
  private func segments(
    of batch: Batch, arms: [Int: Int], _ kept: Kept, _ positions: (SweepStart, _ count: Int) -> Range<Int>
  ) -> [Segment] {
    var row = 0
    return batch.items.enumerated().map { slot, item in
      let tokens = plan.sequences[item.sequence]
      let positions = positions(starts[item.arm][item.sequence], tokens.count)
      defer { row += positions.count }
      return Segment(
        slot: slot, item: Item(sequence: item.sequence, arm: arms[item.arm] ?? 0), tokens: tokens[positions],
        start: positions.lowerBound, promptLength: plan.promptLengths[item.sequence], row: row,
        cache: positions.lowerBound > 0 ? kept.caches[item.sequence - kept.first] : nil, extendsCache: false)
    }
  }

  /// Moves the rows that a block changed to where all rows of their cells are; the others are as in the unchanged run.
  private func spread(_ changed: [Segment], to all: [Segment], _ layer: Int, _ kept: Kept, _ workspace: Workspace) {
    let width = model.configuration.width
    // From the end on, so that no row is overwritten before it is moved.
    for (from, to) in zip(changed, all).reversed() {
      (workspace.residual + (to.row + from.start - to.start) * width).update(
        from: workspace.residual + from.row * width, count: from.count * width)
      kept.copyResidual(layer, of: to, at: to.start..<from.start, to: workspace)
      kept.copyResidual(layer, of: to, at: from.end..<to.end, to: workspace)
    }
  }

  /// Reads cells whose last norm is there.
  private func finish(
    _ segments: [Segment], _ batch: Batch, _ kept: Kept, _ observer: Observer, _ loop: LayerLoop
  ) throws -> [Done] {
    let width = sweep.tokens?.count ?? model.configuration.vocabularySize
    let rows: [Int] =
      switch plan.logits {
      case .none: []
      case .last: segments.map { $0.row + $0.count - 1 }
      case .all: segments.flatMap { Array($0.row..<$0.row + $0.count) }
      }
    let logits = rows.isEmpty ? [] : loop.unembed(rows: rows, with: sweep.head)
    let share = logits.count / max(1, segments.count)
    let done = Mutex((cells: [(Int, Done)](), failure: (any Error)?.none))
    Threads.split(segments.count, pieces: 4) { range in
      var cells: [(Int, Done)] = []
      for index in range {
        do {
          let segment = segments[index]
          let item = batch.items[segment.slot]
          let cell = Sweep.Cell(
            arm: item.arm, sequence: item.sequence,
            logits: Tensor([share / max(1, width), width], logits[index * share..<(index + 1) * share]),
            activations: activations(segment.slot, item, kept, observer), configuration: model.configuration)
          cells.append((index, Done(item: item, value: try read(cell), sampled: sample.contains(item) ? cell : nil)))
        } catch {
          return done.withLock { $0.failure = error }
        }
      }
      done.withLock { $0.cells += cells }
    }
    let result = done.withLock { $0 }
    if let failure = result.failure { throw failure }
    return result.cells.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// A cell's captured activations: its own from where it starts, the unchanged run's before.
  private func activations(
    _ slot: Int, _ item: Item, _ kept: Kept, _ observer: Observer
  ) -> [HookPoint: Activations.Entry] {
    let start = starts[item.arm][item.sequence]
    var entries: [HookPoint: Activations.Entry] = [:]
    for point in plan.points {
      guard let base = kept.activations.entry(of: point, item.sequence - kept.first) else { continue }
      let isBefore = point.site.isPerLayer ? point.layer < start.layer : !point.site.isBehindBlocks && start.layer >= 0
      let own = isBefore ? nil : observer.activations.entry(of: point, slot)
      entries[point] = own.map(base.replacing) ?? base
    }
    return entries
  }
}
