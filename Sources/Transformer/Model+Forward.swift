import Kernels
import Tensor

extension Model {
  /// Tokens that a step of generation takes at most: enough to keep the kernels busy; of a small model few enough that
  /// the step's buffers stay in the cache of one core.
  func tokenBudget(_ limits: BatchLimits) -> Int {
    splitsProducts ? min(2_048, limits.tokens) : batchTokens(limits)
  }

  /// Tokens that one thread takes through the blocks at a time where whole sequences run side by side: as many as the
  /// matrix kernel takes together, so that a large model's weights are walked no more often; or as many as stay in the
  /// cache.
  func batchTokens(_ limits: BatchLimits) -> Int {
    guard !splitsProducts else { return min(Int(KERNELS_ROWS), limits.tokens) }
    let c = configuration
    let floats = 3 * c.width + 2 * c.queryWidth + 2 * c.keyValueWidth + 2 * c.feedForwardWidth
    return min(2_048, max(256, (4 << 20) / (floats * MemoryLayout<Float>.stride)), limits.tokens)
  }

  /// Runs sequences of any lengths, and keeps what is asked for.
  ///
  /// Sequences are computed in batches, end to end without padding, each by a thread; a large set may be given at once.
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
      logits: plan.logits == .none ? nil : result.logits)
  }
}
