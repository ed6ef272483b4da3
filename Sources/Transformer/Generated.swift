import Tensor

/// What was generated for one prompt.
public struct Generated: Sendable {
  /// The forced prefix, if any, and the tokens chosen after it, with the stop token if one ended it.
  public internal(set) var tokens: [Int]
  /// How many of the tokens were forced.
  public let forced: Int
  /// Whether a stop token ended it, rather than the limit.
  public internal(set) var stopped = false
  /// `[steps * vocab]`, if they were to be kept.
  var logitRows: [Float] = []
  let vocabularySize: Int

  /// The tokens without the stop token.
  public var text: [Int] { stopped ? tokens.dropLast() : tokens }

  /// The logits that each chosen token was chosen from: `[steps, vocab]`, if ``GenerationOptions/keepsLogits`` is set;
  /// `[1, vocab]` if only the last were to be kept, and it was not abandoned.
  public var logits: Tensor {
    Tensor([logitRows.count / vocabularySize, vocabularySize], logitRows)
  }
}

/// What was generated for a batch of prompts.
public struct Generation: Sendable {
  /// One for each prompt, in their order.
  public let sequences: [Generated]
  /// One report for each intervention, in their order.
  public let interventions: [InterventionReport]
  /// Tokens that passed through the blocks: what several prompts begin with counts once.
  public let computed: Int
}

/// A token that was just generated, for those who want to see text as it comes.
public struct GeneratedToken: Hashable, Sendable {
  /// Index of the prompt.
  public let sequence: Int
  /// Index of the token in the response, from 0; forced tokens are counted, and not reported.
  public let step: Int
  /// The token's id.
  public let token: Int
  /// Whether the response ends here.
  public let isLast: Bool
}
