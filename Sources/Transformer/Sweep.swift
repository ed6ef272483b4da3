import Tensor

/// Many changed runs of the same sequences, each computed from where it first differs from the unchanged run.
///
///     let arms = hooks.map { [Intervention(at: $0, positions: .last, operation: .replace(from: source))] }
///     let sweep = try Sweep(of: model, over: prompts, arms: arms)
///     let outcome = try sweep.run { cell in metric(cell.logits) }
///     outcome.values[arm][sequence]
///
/// A change at layer `l` and position `p` leaves earlier layers and earlier positions as they were, and, unless block `l`
/// makes keys and values of what is changed, later positions of that block, too. So the unchanged run's residual stream,
/// keys and values are kept, each cell starts at `(l, p)`, and cells that start at one layer share one ragged product.
/// What is reused is *equal* to what a full run gives; a seeded sample of cells is run in full to show it, and one that
/// differs in one bit fails the sweep.
public struct Sweep: Sendable {
  let plan: ForwardPlan
  let sampled: RandomStream
  /// The tokens whose logits are computed; all if `nil`.
  let tokens: [Int]?
  /// The rows of the unembedding that these need.
  let head: PackedMatrix?

  /// A sweep: every arm over every sequence.
  ///
  /// - Parameters:
  ///   - sequences: token ids, one list for each sequence.
  ///   - promptLengths: as in ``Model/forward(_:capture:at:interventions:logits:stopAfterLayer:promptLengths:)``.
  ///   - arms: what is changed together; an empty list is the unchanged run. Positions by index have a list for each
  ///     sequence; a sequence that an arm reaches nowhere costs next to nothing.
  ///   - capture: hooks whose activations each cell shows, as they are after interventions.
  ///   - positions: at which positions.
  ///   - logits: for which positions logits are computed.
  ///   - tokens: whose logits are computed, in this order, where a metric reads only some.
  ///   - stopAfterLayer: the last block to run; logits are then not to be had.
  ///   - seed: of the sample that is run in full.
  /// - Throws: what `forward` throws; `SequenceError` for tokens that the vocabulary lacks.
  public init(
    of model: Model, over sequences: [[Int]], promptLengths: [Int]? = nil, arms: [[Intervention]],
    capture: [HookPattern] = [], at positions: Positions = .all, logits: LogitRequest = .last, tokens: [Int]? = nil,
    stopAfterLayer: Int? = nil, seed: UInt64 = 0
  ) throws {
    plan = try ForwardPlan(
      model: model, sequences: sequences, promptLengths: promptLengths, arms: arms, capture: capture,
      positions: positions, logits: logits, stopAfterLayer: stopAfterLayer)
    sampled = RandomStream(seed: seed, purpose: "sweep/sample")
    self.tokens = tokens
    if let token = tokens?.first(where: { !(0..<model.configuration.vocabularySize).contains($0) }) {
      throw SequenceError.noSuchToken(
        sequence: 0, position: 0, token: token, vocabulary: model.configuration.vocabularySize)
    }
    head = tokens.map { model.unembedding.selecting($0) }
  }

  /// One arm's run of one sequence.
  public struct Cell: Sendable {
    /// Index of the arm.
    public let arm: Int
    /// Index of the sequence.
    public let sequence: Int
    /// `[1, vocab]` for the last position, `[tokens, vocab]` for all, or as many columns as tokens were asked for; empty
    /// without logits.
    public let logits: Tensor
    let activations: [HookPoint: Activations.Entry]
    let configuration: ModelConfiguration

    /// What a captured hook had: `[positions, d_model]`, `[positions, heads, d_head]`, `[heads, positions, keys]`.
    ///
    /// - Throws: ``HookError`` if the hook was not captured.
    public func activation(_ hook: HookPoint) throws -> Tensor {
      guard let entry = activations[hook] else {
        throw HookError.notCaptured(name: hook.description, captured: activations.keys.map(\.description).sorted())
      }
      return entry.tensor(hook, configuration)
    }
  }

  /// What a sweep gave.
  public struct Outcome<Value: Sendable>: Sendable {
    /// What was read of each cell: `[arm][sequence]`.
    public let values: [[Value]]
    /// For each arm a report for each of its interventions.
    public let reports: [[InterventionReport]]
    /// How many cells were run in full, and had the same bits.
    public let checked: Int
    /// Tokens times blocks that were computed, the sample not counted.
    public let computed: Int
    /// Tokens times blocks of running every cell in full.
    public let full: Int
  }

  /// Runs every cell.
  ///
  /// - Parameters:
  ///   - progress: told how many cells are done, and of how many; it may throw to stop the run. One call at a time.
  ///   - read: makes of a cell what is kept of it. It runs on several threads at once.
  /// - Throws: ``SweepError`` if a cell of the sample differs from its full run; ``InterventionError`` if an intervention
  ///   fits nowhere or fires nowhere; what `progress` and `read` throw.
  public func run<Value: Sendable>(
    progress: (@Sendable (_ done: Int, _ total: Int) throws -> Void)? = nil,
    read: @Sendable (Cell) throws -> Value
  ) throws -> Outcome<Value> {
    try withoutActuallyEscaping(read) { read in
      try SweepRun(self, progress: progress, read: read).run()
    }
  }
}

/// A sweep that broke the promise that it rests on.
public enum SweepError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A cell computed from the middle differs from its run in full.
  case differs(arm: String, sequence: Int, tensor: String, index: Int, reused: Float, full: Float)

  /// What differs, where, and what to do.
  public var description: String {
    switch self {
    case .differs(let arm, let sequence, let tensor, let index, let reused, let full):
      "a sweep's reuse changed a result, and nothing that it found can be believed: “\(arm)” on sequence \(sequence), "
        + "\(tensor)[\(index)] is \(reused), and \(full) in a full run. Please report this."
    }
  }
}
