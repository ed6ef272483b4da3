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
    let plan = try ForwardPlan(
      model: self, sequences: sequences, promptLengths: promptLengths, arms: [interventions],
      capture: capture, positions: positions, logits: logits, stopAfterLayer: stopAfterLayer)
    let result = try plan.run(sequences.indices.map { Item(sequence: $0, arm: 0) })
    try plan.requireAllFired(result.reports)
    return Forward(
      activations: result.activations, interventions: result.reports[0],
      logitRows: plan.logits == .none ? nil : result.logits, vocabularySize: configuration.vocabularySize)
  }
}
