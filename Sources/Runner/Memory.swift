import Experiment
import Tensor
import Transformer

/// What running a cell takes in memory at its largest, in bytes.
public struct Memory: Hashable, Sendable {
  /// The program itself, with tables of the tokenizer.
  public var program = 0
  /// The weights of the models that the experiment uses.
  public var weights = 0
  /// Keys and values of sequences that are continued.
  public var keysAndValues = 0
  /// Activations that are kept, and what is made of them.
  public var activations = 0
  /// The buffers that a batch is computed in.
  public var buffers = 0

  /// All of it together.
  public var peak: Int { program + weights + keysAndValues + activations + buffers }

  /// Nothing.
  public init() {}

  /// What a cell's work takes.
  init(_ work: Work, subject: Subject?, weights: Int, limits: BatchLimits) {
    program = 96 << 20
    self.weights = weights
    activations = work.bytes
    guard let subject else { return }
    program += 1_024 * subject.tokenizer.vocabularySize
    guard work.sequences > 0 else { return }
    buffers = subject.model.bufferBytes(sequences: work.sequences, longest: work.longest, limits: limits)
    if work.generates {
      keysAndValues = subject.model.keyValueBytes(sequences: work.sequences, longest: work.longest, limits: limits)
    }
    if work.sweeps {
      activations += subject.model.keptBytes(sequences: work.sequences, longest: work.longest, limits: limits)
    }
  }

  /// Limits, from none to one sequence at a time, that are tried for a budget.
  static let limits =
    [BatchLimits()]
    + stride(from: 10, through: 0, by: -1).map {
      BatchLimits(tokens: 1 << $0, sequences: max(1, (1 << $0) / 32), keptBytes: 1 << (18 + $0))
    }

  /// The narrowest limits: one sequence at a time.
  static let least = BatchLimits(tokens: 1, sequences: 1, keptBytes: 1)

  /// The widest limits within which a cell's work fits a budget; `nil` if it does not fit at all.
  static func limits(for work: Work, subject: Subject?, weights: Int, within budget: Int) -> BatchLimits? {
    limits.first { Memory(work, subject: subject, weights: weights, limits: $0).peak <= budget }
  }

  /// The parts, largest first: `weights 0.9 GiB, activations 310 MiB`.
  public var parts: String {
    [
      ("weights", weights), ("keys and values", keysAndValues), ("activations", activations), ("buffers", buffers),
      ("program", program),
    ].filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }.map { "\($0.0) \(ByteCount($0.1))" }.joined(separator: ", ")
  }
}
