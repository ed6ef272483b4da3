import Synchronization

/// How much one batch may hold at most, on machines with little memory. No result depends on it.
public struct BatchLimits: Hashable, Sendable {
  /// Tokens that pass through the blocks at one time; a longer sequence passes alone.
  public var tokens: Int
  /// Sequences that are generated side by side on one thread.
  public var sequences: Int
  /// Bytes that a sweep keeps of the unchanged run at one time; what is kept of one sequence may be more.
  public var keptBytes: Int

  /// Limits from their parts.
  public init(tokens: Int = .max, sequences: Int = .max, keptBytes: Int = 512 << 20) {
    (self.tokens, self.sequences, self.keptBytes) = (tokens, sequences, keptBytes)
  }

  /// Those that this process keeps to; none at first.
  public static var current: BatchLimits {
    get {
      BatchLimits(
        tokens: tokens.load(ordering: .relaxed), sequences: sequences.load(ordering: .relaxed),
        keptBytes: keptBytes.load(ordering: .relaxed))
    }
    set {
      tokens.store(max(1, newValue.tokens), ordering: .relaxed)
      sequences.store(max(1, newValue.sequences), ordering: .relaxed)
      keptBytes.store(max(1, newValue.keptBytes), ordering: .relaxed)
    }
  }

  private static let tokens = Atomic<Int>(.max)
  private static let sequences = Atomic<Int>(.max)
  private static let keptBytes = Atomic<Int>(512 << 20)
}
