import Kernels
import Synchronization
import Tensor

/// A sweep under way.
struct SweepRun<Value: Sendable>: Sendable {
  let sweep: Sweep
  private let progress: (@Sendable (Int, Int) throws -> Void)?
  private let read: @Sendable (Sweep.Cell) throws -> Value
  private let sample: Set<Item>
  /// `starts[arm][sequence]`
  let starts: [[Start]]

  var plan: ForwardPlan { sweep.plan }
  var model: Model { sweep.plan.model }

  /// Where a cell first differs from the unchanged run.
  struct Start: Hashable {
    /// The block before which it does: -1 for the embeddings, the number of blocks for what lies behind them.
    var layer: Int
    var position: Int
  }

  /// Cells that start at the same layer, to be computed together.
  private struct Batch {
    let layer: Int
    var items: [Item]
  }

  /// What workers have put together so far.
  private struct Gathered {
    var values: [[Value?]]
    var reports: [[InterventionReport]]
    var samples: [Item: Sweep.Cell] = [:]
    var done = 0
    var computed = 0
    var failure: (any Error)?
  }

  /// The same, shared among workers.
  private final class Board: Sendable {
    let gathered: Mutex<Gathered>

    init(_ gathered: consuming sending Gathered) { self.gathered = Mutex(gathered) }
  }

  init(
    _ sweep: Sweep, progress: (@Sendable (Int, Int) throws -> Void)?,
    read: @escaping @Sendable (Sweep.Cell) throws -> Value
  ) {
    self.sweep = sweep
    self.progress = progress
    self.read = read
    let plan = sweep.plan
    let (arms, sequences) = (plan.arms.count, plan.sequences.count)
    let cells = arms * sequences
    var generator = sweep.sampled.generator()
    let count = min(cells, max(8, (cells + 49) / 50))
    var sample: Set<Item> = []
    while sample.count < count {
      let index = Int.random(in: 0..<cells, using: &generator)
      sample.insert(Item(sequence: index % sequences, arm: index / sequences))
    }
    self.sample = sample
    starts = plan.arms.map { arm in plan.sequences.indices.map { Self.start(of: arm, in: $0, plan) } }
  }

  private static func start(of arm: [PreparedIntervention], in sequence: Int, _ plan: ForwardPlan) -> Start {
    let layers = plan.layers
    let (count, promptLength) = (plan.sequences[sequence].count, plan.promptLengths[sequence])
    // An unchanged cell needs no more than what its logits are read from.
    var start = Start(layer: layers, position: plan.logits == .all ? 0 : count - 1)
    for intervention in arm {
      let positions = intervention.source.positions
      guard
        let first = (0..<count).first(where: {
          positions.contains($0, ofSequence: sequence, promptLength: promptLength)
        })
      else { continue }
      start.position = min(start.position, first)
      for point in intervention.points {
        start.layer = min(
          start.layer, point.site.isPerLayer ? point.layer : point.site.isBehindBlocks ? layers : -1)
      }
    }
    // From the very beginning nothing is reused.
    if start.layer == 0, start.position == 0 { start.layer = -1 }
    return start
  }

  func run() throws -> Sweep.Outcome<Value> {
    let (arms, sequences) = (plan.arms, plan.sequences)
    let board = Board(
      Gathered(
        values: arms.map { _ in Array(repeating: nil, count: sequences.count) },
        reports: arms.map { $0.map { InterventionReport(hooks: $0.points.count, sequences: sequences.count) } }))
    for chunk in chunks() {
      let kept = try keep(chunk)
      try compute(batches(chunk), kept, board)
    }
    let result = board.gathered.withLock { $0 }
    try plan.requireAllFired(result.reports)
    try check(result.samples)
    return Sweep.Outcome(
      values: result.values.map { $0.compactMap { $0 } }, reports: result.reports, checked: sample.count,
      computed: result.computed, full: arms.count * sequences.reduce(0) { $0 + $1.count } * plan.layers)
  }

  // MARK: Cells

  /// The cells of a chunk, those that start at one layer together, within the token budget.
  private func batches(_ chunk: Range<Int>) -> [Batch] {
    let byLayer = Dictionary(
      grouping: starts.indices.flatMap { arm in chunk.map { Item(sequence: $0, arm: arm) } }
    ) { starts[$0.arm][$0.sequence].layer }
    let each = model.batchTokens(.current)
    // The whole vocabulary's weights are walked for many cells, or not at all.
    let readsAll = sweep.tokens == nil && plan.logits != .none
    let budget = readsAll ? max(each, model.tokenBudget(.current) / Threads.count) : each
    return byLayer.keys.sorted().flatMap { layer in
      groups(byLayer[layer] ?? [], within: budget, rows).map { Batch(layer: layer, items: $0) }
    }
  }

  /// How many rows an item has.
  private func rows(_ item: Item) -> Int {
    plan.sequences[item.sequence].count - starts[item.arm][item.sequence].position
  }

  /// Splits items into groups of even size within a token budget, as far as items allow.
  func groups<Element>(_ items: [Element], within budget: Int, _ count: (Element) -> Int) -> [[Element]] {
    let total = items.reduce(0) { $0 + count($1) }
    let pieces = max((total + budget - 1) / budget, model.splitsProducts ? 1 : min(Threads.count, items.count))
    var groups: [[Element]] = Array(repeating: [], count: max(1, min(pieces, items.count)))
    // The longest first, to the groups in turn, there and back: each gets long and short ones.
    for (index, item) in items.sorted(by: { count($0) > count($1) }).enumerated() {
      let (round, place) = index.quotientAndRemainder(dividingBy: groups.count)
      groups[round.isMultiple(of: 2) ? place : groups.count - 1 - place].append(item)
    }
    return groups.filter { !$0.isEmpty }
  }

  /// Works through a list, an element to a thread, each with a workspace.
  func forEach<Element: Sendable>(_ list: [Element], _ body: (Element, inout Workspace) -> Void) {
    Threads.share(list.count) { next in
      var workspace = Workspace(rows: 0, configuration: model.configuration)
      while let index = next() { body(list[index], &workspace) }
    }
  }

  private func compute(_ batches: [Batch], _ kept: Kept, _ board: Board) throws {
    let total = plan.arms.count * plan.sequences.count
    let isStopped = Atomic(false)
    forEach(batches) { batch, workspace in
      guard !isStopped.load(ordering: .relaxed) else { return }
      do {
        let (cells, reports, computed) = try compute(batch, kept, &workspace)
        try board.gathered.withLock { gathered in
          for cell in cells {
            gathered.values[cell.item.arm][cell.item.sequence] = cell.value
            if let sampled = cell.sampled { gathered.samples[cell.item] = sampled }
          }
          for (arm, list) in reports {
            for i in list.indices { gathered.reports[arm][i].merge(list[i]) }
          }
          gathered.done += cells.count
          gathered.computed += computed
          try progress?(gathered.done, total)
        }
      } catch {
        isStopped.store(true, ordering: .relaxed)
        board.gathered.withLock { $0.failure = $0.failure ?? error }
      }
    }
    if let failure = board.gathered.withLock({ $0.failure }) { throw failure }
  }

  /// A cell that is done.
  private struct Done {
    let item: Item
    let value: Value
    /// The cell whole, if it is of the sample.
    let sampled: Sweep.Cell?
  }

  private func compute(
    _ batch: Batch, _ kept: Kept, _ workspace: inout Workspace
  ) throws -> (cells: [Done], reports: [(arm: Int, list: [InterventionReport])], computed: Int) {
    let c = model.configuration
    // Arms are numbered anew, so that the observer knows of this batch's only.
    let arms = Array(Set(batch.items.map(\.arm))).sorted()
    let number = Dictionary(uniqueKeysWithValues: arms.enumerated().map { ($1, $0) })
    let observer = Observer(
      arms: arms.map { plan.arms[$0] }, capture: plan.points, at: plan.positions, slots: batch.items.count,
      sequences: plan.sequences.count, configuration: c)
    var row = 0
    let segments = batch.items.enumerated().map { slot, item in
      let start = starts[item.arm][item.sequence].position
      let tokens = plan.sequences[item.sequence]
      defer { row += tokens.count - start }
      return Segment(
        slot: slot, item: Item(sequence: item.sequence, arm: number[item.arm] ?? 0), tokens: tokens[start...],
        start: start, promptLength: plan.promptLengths[item.sequence], row: row,
        cache: start > 0 ? kept.caches[item.sequence - kept.first] : nil, extendsCache: false)
    }
    if workspace.rows < row { workspace = Workspace(rows: row, configuration: c) }
    let loop = LayerLoop(model: model, workspace: workspace, observer: observer)
    if batch.layer < 0 {
      try loop.embed(segments)
    } else {
      for segment in segments {
        guard let from = kept.residual(batch.layer, segment.sequence, segment.start, width: c.width) else { continue }
        (workspace.residual + segment.row * c.width).update(from: from, count: segment.count * c.width)
      }
    }
    let layers = max(0, batch.layer)..<plan.layers
    let last = try loop.run(segments, layers: layers, lastOnly: plan.logits == .last)
    if plan.wantsFinalNorm { try loop.finalNorm(last) }

    var cells: [Done] = []
    cells.reserveCapacity(segments.count)
    // A few cells' logits at a time: a vocabulary is wide.
    let together = plan.logits == .all ? 1 : 64
    for begin in stride(from: 0, to: last.count, by: together) {
      let some = begin..<min(last.count, begin + together)
      cells += try finish(some.map { last[$0] }, batch, kept, observer, loop)
    }
    return (cells, arms.indices.map { (arms[$0], observer.reports[$0]) }, row * layers.count)
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
      entries[point] = own.map { base.replacing(from: start.position, by: $0) } ?? base
    }
    return entries
  }

  // MARK: The sample

  /// Runs the sample's cells in full and compares bit by bit.
  private func check(_ samples: [Item: Sweep.Cell]) throws {
    let items = samples.keys.sorted { ($0.arm, $0.sequence) < ($1.arm, $1.sequence) }
    let full = try plan.run(items)
    let vocabulary = model.configuration.vocabularySize
    for (slot, item) in items.enumerated() {
      guard let cell = samples[item] else { continue }
      func compare(_ tensor: String, _ reused: [Float], _ full: [Float]) throws {
        for i in 0..<max(reused.count, full.count) {
          let (a, b) = (i < reused.count ? reused[i] : .nan, i < full.count ? full[i] : .nan)
          guard a.bitPattern != b.bitPattern || i >= reused.count || i >= full.count else { continue }
          throw SweepError.differs(
            arm: plan.arms[item.arm].map(\.source.description).joined(separator: "; "), sequence: item.sequence,
            tensor: tensor, index: i, reused: a, full: b)
        }
      }
      let logits = plan.logits == .none ? [] : full.logits[slot].values
      try compare(
        "logits", cell.logits.values,
        sweep.tokens.map { tokens in
          stride(from: 0, to: logits.count, by: vocabulary).flatMap { row in tokens.map { logits[row + $0] } }
        } ?? logits)
      for (point, entry) in cell.activations {
        try compare(point.description, entry.values, full.activations.entry(of: point, slot)?.values ?? [])
      }
    }
  }
}
