import Synchronization
import Tensor

extension Model {
  /// Generates a continuation of each prompt.
  ///
  /// Sequences are decoded side by side with a cache each. One that has finished leaves the batch and the next prompt
  /// takes its place; what several prompts begin with is computed once. None of that changes a token.
  ///
  /// - Parameters:
  ///   - prompts: token ids, one list for each prompt.
  ///   - options: how many tokens, how they are chosen, and what is changed meanwhile.
  ///   - onToken: called for each token as it is chosen: in order within a sequence, one call at a time.
  /// - Throws: ``SequenceError`` for prompts or options that do not fit the model, ``HookError`` and
  ///   ``InterventionError`` as in ``forward(_:capture:at:interventions:logits:stopAfterLayer:promptLengths:)``.
  public func generate(
    prompts: [[Int]], options: GenerationOptions, onToken: (@Sendable (GeneratedToken) -> Void)? = nil
  ) throws -> Generation {
    try check(prompts, options)
    let interventions = try options.interventions.map {
      try PreparedIntervention($0, configuration: configuration, sequences: prompts.count)
    }
    let reports = interventions.map { InterventionReport(hooks: $0.points.count, sequences: prompts.count) }
    let gathered = Mutex(Gathered(sequences: Array(repeating: nil, count: prompts.count), reports: reports))
    let workers = splitsProducts ? 1 : max(1, min(Threads.count, prompts.count))
    let calls = Mutex(())

    Threads.share(prompts.count, by: workers) { next in
      let batch = ContinuousBatch(
        model: self, prompts: prompts, options: options, interventions: interventions,
        // A worker takes no more than its share, so that others have work too.
        batchSize: max(
          1, min(options.batchSize, BatchLimits.current.sequences, (prompts.count + workers - 1) / workers)))
      do {
        try batch.run(
          next: next,
          onToken: onToken.map { call in { token in calls.withLock { _ in call(token) } } })
      } catch {
        gathered.withLock { $0.failure = $0.failure ?? error }
        return
      }
      gathered.withLock { gathered in
        for (index, sequence) in batch.finished { gathered.sequences[index] = sequence }
        gathered.computed += batch.computed
        for i in reports.indices { gathered.reports[i].merge(batch.observer.reports[0][i]) }
      }
    }

    let result = gathered.withLock { $0 }
    if let failure = result.failure { throw failure }
    for (intervention, report) in zip(interventions, result.reports) where report.fired == 0 {
      throw InterventionError.neverFired(intervention: intervention.source.description)
    }
    return Generation(
      sequences: result.sequences.compactMap { $0 }, interventions: result.reports,
      computed: result.computed)
  }

  private struct Gathered {
    var sequences: [Generated?]
    var reports: [InterventionReport]
    var computed = 0
    var failure: (any Error)?
  }

  private func check(_ prompts: [[Int]], _ options: GenerationOptions) throws {
    guard options.maxNewTokens >= 0 else {
      throw SequenceError.invalidOption(
        name: "maxNewTokens", value: "\(options.maxNewTokens)", expected: "0 or more")
    }
    guard options.batchSize > 0 else {
      throw SequenceError.invalidOption(name: "batchSize", value: "\(options.batchSize)", expected: "1 or more")
    }
    if case .temperature(let temperature, _) = options.sampling, !(temperature > 0 && temperature.isFinite) {
      throw SequenceError.invalidOption(
        name: "the temperature", value: "\(temperature)", expected: "a number above 0; 0 is `greedy`")
    }
    if let forced = options.forcedPrefixes, forced.count != prompts.count {
      throw SequenceError.wrongCount(what: "forced prefixes", expected: prompts.count, found: forced.count)
    }
    if let draws = options.draws, draws.count != prompts.count {
      throw SequenceError.wrongCount(what: "draws", expected: prompts.count, found: draws.count)
    }
    // The last chosen token is not run, so it needs no position.
    for (index, prompt) in prompts.enumerated() where prompt.isEmpty { throw SequenceError.empty(sequence: index) }
    let known = prompts.indices.map { prompts[$0] + (options.forcedPrefixes?[$0] ?? []) }
    try check(known) { $0 + max(0, options.maxNewTokens - 1) }
  }
}
