import Tensor

/// One worker's continuous batch: each step runs what is new of every sequence in it, be it a prompt or one token.
final class ContinuousBatch {
  private let model: Model
  private let prompts: [[Int]]
  private let options: GenerationOptions
  private let interventions: [PreparedIntervention]
  private let batchSize: Int
  private var active: [State] = []
  private var workspace: Workspace?

  let observer: Observer
  private(set) var finished: [(Int, Generated)] = []
  /// Tokens that passed through the blocks.
  private(set) var computed = 0

  /// A sequence in the batch.
  private struct State {
    let index: Int
    /// The prompt and what was generated so far.
    var tokens: [Int]
    var cache: KeyValueCache
    let sampler: Sampler
    var result: Generated
  }

  init(
    model: Model, prompts: [[Int]], options: GenerationOptions, interventions: [PreparedIntervention],
    batchSize: Int
  ) {
    self.model = model
    self.prompts = prompts
    self.options = options
    self.interventions = interventions
    self.batchSize = batchSize
    observer = Observer(
      arms: [interventions], capture: [], at: .all, slots: prompts.count, sequences: prompts.count,
      configuration: model.configuration)
  }

  /// Decodes sequences that `next` hands out until there are none.
  func run(next: () -> Int?, onToken: ((GeneratedToken) -> Void)?) throws {
    var mayHaveMore = true
    while true {
      if let isAbandoned = options.isAbandoned {
        let abandoned = Set(active.map(\.index).filter(isAbandoned))
        finished += active.filter { abandoned.contains($0.index) }.map { ($0.index, $0.result) }
        active.removeAll { abandoned.contains($0.index) }
      }
      let known = active.count
      mayHaveMore = mayHaveMore && admit(next)
      try sharePrefixes(of: known..<active.count)
      if active.isEmpty { return }
      let segments = newStretches()
      let logits = try step(segments)
      choose(from: logits, onToken)
    }
  }

  /// Takes sequences in while there is room, in the batch and in the token budget.
  ///
  /// - Returns: whether there may be more.
  private func admit(_ next: () -> Int?) -> Bool {
    var tokens = active.count
    while active.count < batchSize, tokens < model.tokenBudget(.current) || active.isEmpty {
      guard let index = next() else { return false }
      let forced = options.forcedPrefixes?[index] ?? []
      let known = prompts[index] + forced
      tokens += known.count
      active.append(
        State(
          index: index, tokens: known,
          cache: KeyValueCache(
            for: model.configuration, capacity: known.count + min(options.maxNewTokens, 64)),
          sampler: Sampler(options.sampling, prompt: prompts[index], draw: options.draws?[index] ?? 0),
          result: Generated(
            tokens: forced, forced: forced.count, vocabularySize: model.configuration.vocabularySize)))
    }
    return true
  }

  /// Computes once what several of those that came in begin with, and gives each a cache with that.
  private func sharePrefixes(of newcomers: Range<Int>) throws {
    guard newcomers.count > 1, !model.rotary.dependOnLength else { return }
    let tree = PrefixTree(newcomers.map { active[$0].tokens })
    func sequences(_ node: PrefixTree.Node) -> [Int] { node.members.map { active[newcomers.lowerBound + $0].index } }
    // What is done to one must be what is done to all.
    guard
      tree.nodes.allSatisfy({ node in
        interventions.allSatisfy {
          $0.isAlike(in: sequences(node), at: node.range) { self.prompts[$0].count }
        }
      })
    else { return }
    var caches: [Int: KeyValueCache] = [:]
    for level in 0..<(tree.nodes.map(\.level).max() ?? -1) + 1 {
      let nodes = tree.nodes.indices.filter { tree.nodes[$0].level == level }
      var row = 0
      let segments = nodes.map { index in
        let node = tree.nodes[index]
        let state = active[newcomers.lowerBound + node.members[0]]
        let cache =
          node.parent.flatMap { caches[$0]?.copy(capacity: node.range.upperBound) }
          ?? KeyValueCache(for: model.configuration, capacity: node.range.upperBound)
        caches[index] = cache
        defer { row += node.range.count }
        return Segment(
          slot: state.index, item: Item(sequence: state.index, arm: 0), tokens: state.tokens[node.range],
          start: node.range.lowerBound, promptLength: prompts[state.index].count, row: row, cache: cache)
      }
      let loop = LayerLoop(model: model, workspace: room(for: row), observer: observer)
      try loop.embed(segments)
      try loop.run(segments, layers: 0..<model.configuration.layers, lastOnly: true)
      computed += row
      for index in nodes {
        let members = sequences(tree.nodes[index])
        observer.copyReports(from: members[0], to: members)
      }
    }
    for (member, node) in tree.deepest.enumerated() {
      guard let cache = node.flatMap({ caches[$0] }) else { continue }
      let place = newcomers.lowerBound + member
      active[place].cache = cache.copy(capacity: active[place].cache.capacity)
    }
  }

  /// A workspace for so many rows.
  private func room(for rows: Int) -> Workspace {
    if let workspace, workspace.rows >= rows { return workspace }
    let space = Workspace(rows: max(rows, batchSize), configuration: model.configuration)
    workspace = space
    return space
  }

  private func newStretches() -> [Segment] {
    var row = 0
    return active.map { state in
      if model.rotary.outdate(before: state.cache.count, after: state.tokens.count) { state.cache.clear() }
      let segment = Segment(
        slot: state.index, item: Item(sequence: state.index, arm: 0), tokens: state.tokens[state.cache.count...],
        start: state.cache.count, promptLength: prompts[state.index].count, row: row, cache: state.cache)
      row += segment.count
      return segment
    }
  }

  /// - Returns: the logits of each sequence's last position: `[sequences * vocab]`.
  private func step(_ segments: [Segment]) throws -> [Float] {
    let rows = segments.reduce(0) { $0 + $1.count }
    let loop = LayerLoop(model: model, workspace: room(for: rows), observer: observer)
    try loop.embed(segments)
    computed += rows
    let last = try loop.run(segments, layers: 0..<model.configuration.layers, lastOnly: true)
    try loop.finalNorm(last)
    return loop.unembed(rows: last.map { $0.row + $0.count - 1 })
  }

  private func choose(from logits: [Float], _ onToken: ((GeneratedToken) -> Void)?) {
    let width = model.configuration.vocabularySize
    logits.withUnsafeBufferPointer { logits in
      for i in active.indices where options.maxNewTokens > 0 {
        let row = UnsafeBufferPointer(rebasing: logits[i * width..<(i + 1) * width])
        let step = active[i].result.tokens.count
        let token = active[i].sampler.token(from: row, step: step)
        active[i].tokens.append(token)
        active[i].result.tokens.append(token)
        active[i].result.stopped = options.stop.contains(token)
        if options.keepsLogits {
          active[i].result.logitRows.append(contentsOf: row)
        } else if options.keepsLastLogits, isFinished(active[i].result) {
          active[i].result.logitRows = Array(row)
        }
        onToken?(
          GeneratedToken(sequence: active[i].index, step: step, token: token, isLast: isFinished(active[i].result)))
      }
    }
    finished += active.filter { isFinished($0.result) }.map { ($0.index, $0.result) }
    active.removeAll { isFinished($0.result) }
  }

  private func isFinished(_ result: Generated) -> Bool {
    result.stopped || result.tokens.count - result.forced >= options.maxNewTokens
  }
}
