/// How text is generated.
public struct GenerationOptions: Sendable {
  /// How the next token is chosen from the logits.
  public enum Sampling: Hashable, Sendable {
    /// The likeliest token; the first of equals.
    case greedy
    /// A token drawn with probability soft-max(logits / temperature). The draw depends on the seed, the prompt and the
    /// step, never on what else is in the batch.
    case temperature(Double, seed: UInt64)
  }

  /// The most tokens that are generated for a prompt, forced ones not counted.
  public var maxNewTokens: Int
  /// Token ids that end a text.
  public var stop: Set<Int>
  /// How tokens are chosen.
  public var sampling: Sampling
  /// What each prompt's draws depend on besides the seed and the prompt: equal prompts with other numbers have other
  /// continuations. All 0 if `nil`.
  public var draws: [UInt64]?
  /// Asked before each step whether the sequence of a prompt, by its index, is no longer wanted; it then ends as it is.
  public var isAbandoned: (@Sendable (Int) -> Bool)?
  /// Changes to make, at positions of the prompt and of what is generated.
  public var interventions: [Intervention]
  /// Tokens that each response begins with: one list for each prompt. They count as generated, from 0.
  public var forcedPrefixes: [[Int]]?
  /// Whether the logits from which each token was chosen are kept.
  public var keepsLogits: Bool
  /// Whether those from which the last token was chosen are kept, where not all are.
  public var keepsLastLogits = false
  /// Sequences that are decoded side by side.
  public var batchSize: Int
  /// Enough sequences to keep the kernels busy.
  public static let standardBatchSize = 64

  /// Options; greedy, with no stop token and no interventions, if nothing else is said.
  public init(
    maxNewTokens: Int, stop: Set<Int> = [], sampling: Sampling = .greedy, interventions: [Intervention] = [],
    forcedPrefixes: [[Int]]? = nil, keepsLogits: Bool = false, batchSize: Int = Self.standardBatchSize
  ) {
    self.maxNewTokens = maxNewTokens
    self.stop = stop
    self.sampling = sampling
    self.interventions = interventions
    self.forcedPrefixes = forcedPrefixes
    self.keepsLogits = keepsLogits
    self.batchSize = batchSize
  }
}
