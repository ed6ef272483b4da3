/// Sequences that one step learns from, laid end to end: there is no padding.
public struct TrainingBatch: Sendable, Hashable {
  /// One document.
  public struct Sequence: Sendable, Hashable {
    /// Token ids, at least two.
    public var tokens: [Int]
    /// `weights[i]` is the weight of the loss on predicting `tokens[i]` from the tokens before it. The first is unused,
    /// because nothing predicts the first token.
    public var weights: [Float]

    /// - Parameters:
    ///   - tokens: token ids.
    ///   - weights: one weight per token, or nil to weigh all alike.
    public init(tokens: [Int], weights: [Float]? = nil) {
      self.tokens = tokens
      self.weights = weights ?? [Float](repeating: 1, count: tokens.count)
    }
  }

  /// The sequences, in the order in which their gradients are summed.
  public var sequences: [Sequence]

  /// A batch of sequences.
  public init(sequences: [Sequence]) {
    self.sequences = sequences
  }

  /// The number of tokens that are predicted: each sequence's length less one.
  public var predictions: Int { sequences.reduce(0) { $0 + max(0, $1.tokens.count - 1) } }
}
