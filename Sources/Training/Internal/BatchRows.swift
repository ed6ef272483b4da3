import Transformer

/// A batch as the network reads it: each sequence without its last token, which is only predicted.
struct BatchRows {
  /// `[rows]`
  let tokens: [Int]
  /// `[rows]`: the id that follows.
  let targets: [Int32]
  /// `[rows]`: weights of the losses, divided by their sum over the batch.
  let weights: [Float]
  let rows: RaggedRows

  /// - Throws: ``TrainingError/batch(sequence:problem:)`` if the batch does not fit the model, or has nothing to learn.
  init(_ batch: TrainingBatch, configuration: ModelConfiguration) throws {
    var tokens: [Int] = []
    var targets: [Int32] = []
    var weights: [Float] = []
    var rows = RaggedRows(heads: configuration.heads)
    for (index, sequence) in batch.sequences.enumerated() {
      try Self.check(sequence, index, configuration)
      rows.append(length: sequence.tokens.count - 1, source: tokens.count)
      tokens += sequence.tokens.dropLast()
      targets += sequence.tokens.dropFirst().map(Int32.init)
      weights += sequence.weights.dropFirst()
    }
    let sum = weights.reduce(0.0) { $0 + Double($1) }
    guard sum > 0 else {
      throw TrainingError.batch(sequence: -1, problem: "its weights sum to \(sum), so there is nothing to learn")
    }
    self.tokens = tokens
    self.targets = targets
    self.weights = weights.map { Float(Double($0) / sum) }
    self.rows = rows
  }

  private static func check(_ sequence: TrainingBatch.Sequence, _ index: Int, _ configuration: ModelConfiguration)
    throws
  {
    func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws {
      if !condition { throw TrainingError.batch(sequence: index, problem: problem()) }
    }
    try require(sequence.tokens.count >= 2, "it has \(sequence.tokens.count) tokens; at least 2 are needed")
    try require(
      sequence.weights.count == sequence.tokens.count,
      "it has \(sequence.tokens.count) tokens but \(sequence.weights.count) weights")
    try require(
      sequence.tokens.count <= configuration.maximumPositions,
      "it has \(sequence.tokens.count) tokens, more than the model's \(configuration.maximumPositions) positions")
    for (position, token) in sequence.tokens.enumerated() {
      try require(
        token >= 0 && token < configuration.vocabularySize,
        "token \(position) is \(token), outside the vocabulary of \(configuration.vocabularySize)")
    }
    for (position, weight) in sequence.weights.enumerated() {
      try require(weight >= 0 && weight.isFinite, "the weight of token \(position) is \(weight)")
    }
  }
}
