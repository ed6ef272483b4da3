import Tensor

/// For which positions logits are computed: the unembedding is often the dearest product of a short run.
public enum LogitRequest: Hashable, Sendable {
  /// None: activations only.
  case none
  /// The last position of each sequence.
  case last
  /// Every position.
  case all
}

/// What a run over a batch of sequences gave.
public struct Forward: Sendable {
  /// The activations that were asked for.
  public let activations: Activations
  /// One report for each intervention, in their order.
  public let interventions: [InterventionReport]
  /// `[positions, vocab]` for each sequence, `nil` where none were asked for.
  let logits: [Tensor]?

  /// What a hook had in one sequence: `[positions, d_model]`, `[positions, heads, d_head]`, `[heads, positions, keys]`.
  ///
  /// - Throws: ``HookError`` if the hook was not captured or the sequence does not exist.
  public func activation(_ hook: HookPoint, sequence: Int) throws -> Tensor {
    try activations.tensor(hook, sequence: sequence)
  }

  /// The logits of one sequence: `[tokens, vocab]`, or `[1, vocab]` where only the last were asked for.
  ///
  /// - Throws: ``HookError`` if no logits were asked for or the sequence does not exist.
  public func logits(sequence: Int) throws -> Tensor {
    guard let logits else {
      throw HookError.notCaptured(name: "logits", captured: activations.hooks.map(\.description))
    }
    guard logits.indices.contains(sequence) else {
      throw HookError.noSuchSequence(index: sequence, count: logits.count)
    }
    return logits[sequence]
  }
}
