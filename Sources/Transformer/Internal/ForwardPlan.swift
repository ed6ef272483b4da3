import Kernels
import Synchronization
import Tensor

/// A checked request for runs over whole sequences, changed or not.
struct ForwardPlan: Sendable {
  let model: Model
  let sequences: [[Int]]
  let promptLengths: [Int]
  let arms: [[PreparedIntervention]]
  let points: Set<HookPoint>
  let positions: Positions
  let logits: LogitRequest
  /// How many blocks run.
  let layers: Int
  let wantsFinalNorm: Bool

  /// - Parameters:
  ///   - arms: lists of interventions that items name.
  ///   - stopAfterLayer: the last block to run; logits are then not to be had.
  /// - Throws: ``SequenceError``, ``HookError``, ``InterventionError`` for what does not fit the model or each other.
  init(
    model: Model, sequences: [[Int]], promptLengths: [Int]?, arms: [[Intervention]], capture: [HookPattern] = [],
    positions: Positions = .all, logits: LogitRequest = .last, stopAfterLayer: Int? = nil
  ) throws {
    try model.check(sequences)
    let configuration = model.configuration
    self.model = model
    self.sequences = sequences
    self.positions = positions
    self.promptLengths = promptLengths ?? sequences.map(\.count)
    guard self.promptLengths.count == sequences.count else {
      throw SequenceError.wrongCount(
        what: "prompt lengths", expected: sequences.count, found: self.promptLengths.count)
    }
    if case .indices(let lists) = positions, lists.count != sequences.count {
      throw SequenceError.wrongCount(what: "positions to capture", expected: sequences.count, found: lists.count)
    }
    points = Set(try capture.flatMap { try $0.points(in: configuration) })
    self.arms = try arms.map {
      try $0.map { try PreparedIntervention($0, configuration: configuration, sequences: sequences.count) }
    }
    let reached = points.union(self.arms.joined().flatMap(\.points))
    if let stopAfterLayer {
      guard (0..<configuration.layers).contains(stopAfterLayer) else {
        throw HookError.noSuchLayer(
          name: "stopAfterLayer", layer: stopAfterLayer, layers: configuration.layers)
      }
      for point in reached where point.site.isBehindBlocks || point.layer > stopAfterLayer {
        throw HookError.notReached(name: point.description, stopAfterLayer: stopAfterLayer)
      }
      layers = stopAfterLayer + 1
      self.logits = .none
      wantsFinalNorm = false
    } else {
      layers = configuration.layers
      self.logits = logits
      wantsFinalNorm = logits != .none || reached.contains(where: \.site.isBehindBlocks)
    }
  }

  /// What a run gave, by item.
  struct Result {
    var activations: Activations
    /// For each arm a report for each of its interventions.
    var reports: [[InterventionReport]]
    /// By item `[rows, vocab]`; none where none were asked for.
    var logits: [Tensor] = []
    /// What they are made of: by item the last norm's rows, flat.
    fileprivate var normalized: [[Float]]
    fileprivate var failure: (batch: Int, error: any Error)?
  }

  /// - Throws: ``InterventionError/neverFired(intervention:)`` for the first that reached nothing.
  func requireAllFired(_ reports: [[InterventionReport]]) throws {
    for (interventions, reports) in zip(arms, reports) {
      for (intervention, report) in zip(interventions, reports) where report.fired == 0 {
        throw InterventionError.neverFired(intervention: intervention.source.description)
      }
    }
  }

  /// Runs each item from its first token on.
  func run(_ items: [Item]) throws -> Result {
    let batches = batches(items)
    let configuration = model.configuration
    let gathered = Mutex(
      Result(
        activations: Activations(points: points, sequences: items.count, configuration: configuration),
        reports: arms.map { $0.map { InterventionReport(hooks: $0.points.count, sequences: sequences.count) } },
        normalized: Array(repeating: [], count: items.count)))
    Threads.share(batches.count) { next in
      let observer = Observer(
        arms: arms, capture: points, at: positions, slots: items.count, sequences: sequences.count,
        configuration: configuration)
      var workspace = Workspace(rows: 0, configuration: configuration)
      var normalized: [(Int, [Float])] = []
      while let index = next() {
        do {
          try compute(batches[index], of: items, observer, &workspace, &normalized)
        } catch {
          gathered.withLock { gathered in
            if gathered.failure.map({ index < $0.batch }) ?? true { gathered.failure = (index, error) }
          }
          break
        }
      }
      gathered.withLock { gathered in
        gathered.activations.merge(observer.activations)
        for arm in arms.indices {
          for i in arms[arm].indices { gathered.reports[arm][i].merge(observer.reports[arm][i]) }
        }
        for (slot, values) in normalized { gathered.normalized[slot] = values }
      }
    }
    var result = gathered.withLock { $0 }
    if let failure = result.failure { throw failure.error }
    if logits != .none { result.logits = unembed(result.normalized) }
    return result
  }

  /// The logits of each item's rows, many rows at a time: a wide vocabulary's weights come from memory.
  private func unembed(_ normalized: [[Float]]) -> [Tensor] {
    let (width, vocabulary) = (model.configuration.width, model.configuration.vocabularySize)
    let counts = normalized.map { $0.count / width }
    let together = max(Int(KERNELS_ROWS), (4 << 20) / vocabulary)
    var logits: [Tensor] = []
    while logits.count < counts.count {
      var (end, rows) = (logits.count, 0)
      while end < counts.count, rows == 0 || rows + counts[end] <= together {
        rows += counts[end]
        end += 1
      }
      let all = model.logits(ofNormalized: Tensor([rows, width], normalized[logits.count..<end].flatMap { $0 }))
      var row = 0
      for count in counts[logits.count..<end] {
        logits.append(all.rows(row..<row + count))
        row += count
      }
    }
    return logits
  }

  /// Splits the items into batches within the token budget, and into as many as there are threads: unless these would
  /// walk a large model's weights for a few tokens.
  private func batches(_ items: [Item]) -> [Range<Int>] {
    let counts = items.map { sequences[$0.sequence].count }
    let total = counts.reduce(0, +)
    let share = max((total + Threads.count - 1) / Threads.count, model.splitsProducts ? 64 : 1)
    let budget = max(1, min(model.batchTokens(.current), share))
    var batches: [Range<Int>] = []
    var begin = 0
    var tokens = 0
    for (index, count) in counts.enumerated() {
      if index > begin, tokens + count > budget {
        batches.append(begin..<index)
        begin = index
        tokens = 0
      }
      tokens += count
    }
    if begin < items.count { batches.append(begin..<items.count) }
    return batches
  }

  private func compute(
    _ batch: Range<Int>, of items: [Item], _ observer: Observer, _ workspace: inout Workspace,
    _ normalized: inout [(Int, [Float])]
  ) throws {
    var segments: [Segment] = []
    var rows = 0
    for slot in batch {
      let tokens = sequences[items[slot].sequence]
      segments.append(
        Segment(
          slot: slot, item: items[slot], tokens: tokens[...], start: 0,
          promptLength: promptLengths[items[slot].sequence], row: rows, cache: nil))
      rows += tokens.count
    }
    if workspace.rows < rows { workspace = Workspace(rows: rows, configuration: model.configuration) }
    let loop = LayerLoop(model: model, workspace: workspace, observer: observer)
    try loop.embed(segments)
    segments = try loop.run(segments, layers: 0..<layers, lastOnly: logits == .last)
    guard wantsFinalNorm else { return }
    try loop.finalNorm(segments)
    let width = model.configuration.width
    for segment in segments where logits != .none {
      let count = logits == .all ? segment.count : 1
      let rows = workspace.normalized + (segment.row + segment.count - count) * width
      normalized.append((segment.slot, Array(UnsafeBufferPointer(start: rows, count: count * width))))
    }
  }
}
