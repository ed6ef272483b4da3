import Kernels
import Synchronization
import Tensor

/// A sweep under way.
struct SweepRun<Value: Sendable>: Sendable {
  let sweep: Sweep
  private let progress: (@Sendable (Int, Int) throws -> Void)?
  let read: @Sendable (Sweep.Cell) throws -> Value
  let sample: Set<Item>
  /// `starts[arm][sequence]`
  let starts: [[SweepStart]]

  var plan: ForwardPlan { sweep.plan }
  var model: Model { sweep.plan.model }

  /// Cells that start at the same layer, to be computed together.
  struct Batch {
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
    starts = plan.arms.map { arm in plan.sequences.indices.map { SweepStart(of: arm, in: $0, plan) } }
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
