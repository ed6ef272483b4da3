import Synchronization

/// How much one batch may hold at most, on machines with little memory. No result depends on it.
public struct BatchLimits: Hashable, Sendable {
  /// Tokens that pass through the blocks at one time; a longer sequence passes alone.
  public var tokens: Int
  /// Sequences that are generated side by side on one thread.
  public var sequences: Int

  /// Limits from their parts.
  public init(tokens: Int = .max, sequences: Int = .max) {
    (self.tokens, self.sequences) = (tokens, sequences)
  }

  /// Those that this process keeps to; none at first.
  public static var current: BatchLimits {
    get { BatchLimits(tokens: tokens.load(ordering: .relaxed), sequences: sequences.load(ordering: .relaxed)) }
    set {
      tokens.store(max(1, newValue.tokens), ordering: .relaxed)
      sequences.store(max(1, newValue.sequences), ordering: .relaxed)
    }
  }

  private static let tokens = Atomic<Int>(.max)
  private static let sequences = Atomic<Int>(.max)
}
