import Kernels
import Synchronization
import Tensor

extension Model {
  /// Tokens that one batch holds at most: enough to keep the kernels busy; of a small model few enough that a batch's
  /// buffers stay in the cache of one core.
  func tokenBudget(_ limits: BatchLimits) -> Int {
    guard !splitsProducts else { return min(2_048, limits.tokens) }
    let c = configuration
    let floats = 3 * c.width + 2 * c.queryWidth + 2 * c.keyValueWidth + 2 * c.feedForwardWidth
    return min(2_048, max(256, (4 << 20) / (floats * MemoryLayout<Float>.stride)), limits.tokens)
  }

  /// Runs sequences of any lengths, and keeps what is asked for.
  ///
  /// Sequences are computed in batches of a few thousand tokens, end to end without padding, side by side on the
  /// model's threads; a large set may be given at once.
  ///
  /// - Parameters:
  ///   - sequences: token ids, one list for each sequence.
  ///   - capture: hooks whose activations are kept, as they are after interventions.
  ///   - positions: at which positions they are kept. Keeping few saves memory.
  ///   - interventions: changes to make, in order at each hook.
  ///   - logits: for which positions logits are computed.
  ///   - stopAfterLayer: the last block to run; logits are then not to be had.
  ///   - promptLengths: for each sequence how many of its tokens are prompt, where the others were generated; it gives
  ///     ``Positions/last`` and ``Positions/fromGenerated(_:)`` their meaning. All tokens, if not given.
  /// - Throws: ``SequenceError`` for empty or overlong sequences and unknown tokens, ``HookError`` for hooks that the
  ///   model lacks, ``InterventionError`` for an intervention that does not fit or that fires nowhere.
  public func forward(
    _ sequences: [[Int]], capture: [HookPattern] = [], at positions: Positions = .all,
    interventions: [Intervention] = [], logits: LogitRequest = .last, stopAfterLayer: Int? = nil,
    promptLengths: [Int]? = nil
  ) throws -> Forward {
    try check(sequences)
    let plan = try ForwardPlan(
      model: self, sequences: sequences, capture: capture, positions: positions, interventions: interventions,
      logits: logits, stopAfterLayer: stopAfterLayer, promptLengths: promptLengths)
    return try plan.run()
  }
}

/// A checked request for a forward run.
private struct ForwardPlan: Sendable {
  let model: Model
  let sequences: [[Int]]
  let promptLengths: [Int]
  let points: Set<HookPoint>
  let positions: Positions
  let interventions: [PreparedIntervention]
  let logits: LogitRequest
  let layers: Int
  let wantsFinalNorm: Bool

  init(
    model: Model, sequences: [[Int]], capture: [HookPattern], positions: Positions, interventions: [Intervention],
    logits: LogitRequest, stopAfterLayer: Int?, promptLengths: [Int]?
  ) throws {
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
    self.interventions = try interventions.map {
      try PreparedIntervention($0, configuration: configuration, sequences: sequences.count)
    }
    let final: Set<HookSite> = [.lnFinalScale, .lnFinalNormalized]
    if let stopAfterLayer {
      guard (0..<configuration.layers).contains(stopAfterLayer) else {
        throw HookError.noSuchLayer(
          name: "stopAfterLayer", layer: stopAfterLayer, layers: configuration.layers)
      }
      for point in points.union(self.interventions.flatMap(\.points))
      where final.contains(point.site) || point.layer > stopAfterLayer {
        throw HookError.notReached(name: point.description, stopAfterLayer: stopAfterLayer)
      }
      layers = stopAfterLayer + 1
      self.logits = .none
      wantsFinalNorm = false
    } else {
      layers = configuration.layers
      self.logits = logits
      wantsFinalNorm =
        logits != .none
        || points.union(self.interventions.flatMap(\.points)).contains { final.contains($0.site) }
    }
  }

  /// What workers have put together so far.
  private struct Gathered {
    var activations: Activations
    var reports: [InterventionReport]
    var logits: [[Float]]
    var failure: (batch: Int, error: any Error)?
  }

  func run() throws -> Forward {
    let batches = batches()
    let gathered = Mutex(
      Gathered(
        activations: Activations(
          points: points, sequences: sequences.count, configuration: model.configuration),
        reports: interventions.map { _ in InterventionReport(sequences: sequences.count) },
        logits: Array(repeating: [], count: sequences.count)))
    let next = Atomic(0)
    let workers = model.splitsProducts ? 1 : min(Threads.count, batches.count)
    Threads.split(workers, pieces: 1) { _ in
      let observer = Observer(
        interventions: interventions, capture: points, at: positions, sequences: sequences.count,
        configuration: model.configuration)
      var workspace: Workspace?
      var rows: [(Int, [Float])] = []
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < batches.count else { break }
        do {
          try compute(batches[index], observer, &workspace, &rows)
        } catch {
          gathered.withLock { gathered in
            if gathered.failure.map({ index < $0.batch }) ?? true { gathered.failure = (index, error) }
          }
          break
        }
      }
      gathered.withLock { gathered in
        gathered.activations.merge(observer.activations)
        for i in interventions.indices { gathered.reports[i].merge(observer.reports[i]) }
        for (sequence, values) in rows { gathered.logits[sequence] = values }
      }
    }

    let result = gathered.withLock { $0 }
    if let failure = result.failure { throw failure.error }
    for (intervention, report) in zip(interventions, result.reports) where report.fired == 0 {
      throw InterventionError.neverFired(intervention: intervention.source.description)
    }
    return Forward(
      activations: result.activations, interventions: result.reports,
      logitRows: logits == .none ? nil : result.logits, vocabularySize: model.configuration.vocabularySize)
  }

  /// Splits the sequences into batches within the token budget, and into as many as there are threads.
  private func batches() -> [Range<Int>] {
    let total = sequences.reduce(0) { $0 + $1.count }
    let share = model.splitsProducts ? total : (total + Threads.count - 1) / Threads.count
    let budget = max(1, min(model.tokenBudget(.current), share))
    var batches: [Range<Int>] = []
    var begin = 0
    var tokens = 0
    for (index, sequence) in sequences.enumerated() {
      if index > begin, tokens + sequence.count > budget {
        batches.append(begin..<index)
        begin = index
        tokens = 0
      }
      tokens += sequence.count
    }
    if begin < sequences.count { batches.append(begin..<sequences.count) }
    return batches
  }

  private func compute(
    _ batch: Range<Int>, _ observer: Observer, _ workspace: inout Workspace?,
    _ logitRows: inout [(Int, [Float])]
  ) throws {
    var segments: [Segment] = []
    var rows = 0
    for index in batch {
      segments.append(
        Segment(
          sequence: index, tokens: sequences[index][...], start: 0, promptLength: promptLengths[index], row: rows,
          cache: nil))
      rows += sequences[index].count
    }
    let space: Workspace
    if let workspace, workspace.rows >= rows {
      space = workspace
    } else {
      space = Workspace(rows: max(rows, workspace?.rows ?? 0), configuration: model.configuration)
      workspace = space
    }
    let loop = LayerLoop(model: model, workspace: space, observer: observer)
    try loop.embed(segments)
    try loop.run(segments, layers: 0..<layers)
    guard wantsFinalNorm else { return }
    try loop.finalNorm(segments)
    switch logits {
    case .none: break
    case .last:
      let values = loop.unembed(rows: segments.map { $0.row + $0.count - 1 })
      let width = model.configuration.vocabularySize
      for (i, segment) in segments.enumerated() {
        logitRows.append((segment.sequence, Array(values[i * width..<(i + 1) * width])))
      }
    case .all:
      for segment in segments {
        logitRows.append((segment.sequence, loop.unembed(rows: Array(segment.row..<segment.row + segment.count))))
      }
    }
  }
}
