import Tensor

/// Where the gradient of a function begins: its slopes in what it reads of one sequence.
public struct GradientSeed: Sendable {
  /// The slope in each logit of the last position: `[vocab]`; empty if it reads none.
  public var logits: [Float]
  /// The slopes in activations of the last position, for hooks with a row for each position: `[width]` each.
  public var activations: [HookPoint: [Float]]

  /// A function's slopes.
  public init(logits: [Float] = [], activations: [HookPoint: [Float]] = [:]) {
    (self.logits, self.activations) = (logits, activations)
  }
}

extension Model {
  /// The gradient of a function of each sequence's last position with respect to activations.
  ///
  /// What is said for a hook is how the function changes when that activation changes and everything behind it is
  /// computed anew: the linear estimate that attribution patching rests on (Nanda 2023; Syed et al. 2023, arXiv
  /// 2310.10348). Sequences are independent of each other, and so are the bits of their gradients.
  ///
  /// - Parameters:
  ///   - seeds: for each sequence the function's slopes in its last position.
  ///   - hooks: with respect to which activations.
  ///   - positions: at which positions the gradients are kept.
  ///   - interventions: changes to the run. A gradient is with respect to what stands at a hook after them; it takes no
  ///     account of how a change behind it would answer.
  ///   - progress: told how many sequences are done, of how many.
  /// - Returns: gradients in the shapes of the activations; of patterns and scores in the keys that a query sees.
  /// - Throws: ``SequenceError`` for sequences that do not fit the model, or seeds that do not fit them; ``HookError``.
  public func gradients(
    of seeds: [GradientSeed], over sequences: [[Int]], at hooks: [HookPattern], positions: Positions = .all,
    interventions: [Intervention] = [],
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Activations {
    let points = Set(try hooks.flatMap { try $0.points(in: configuration) })
    try check(seeds, sequences)
    let tape = BackwardLoop.tape(configuration)
    let plan = try ForwardPlan(
      model: self, sequences: sequences, promptLengths: nil, arms: [interventions], capture: tape, logits: .none)
    var gradients = Activations(points: points, sequences: sequences.count, configuration: configuration)
    var begin = 0
    while begin < sequences.count {
      // As many at a time as a sweep may keep of the unchanged run.
      var (end, bytes) = (begin, 0)
      repeat {
        bytes += sequences[end].count * tapeBytesPerToken(longest: sequences[end].count)
        end += 1
      } while end < sequences.count && bytes < BatchLimits.current.keptBytes
      let items = (begin..<end).map { Item(sequence: $0, arm: 0) }
      let loop = BackwardLoop(
        model: self, items: items, sequences: sequences, seeds: Array(seeds[begin..<end]),
        forward: try plan.run(items).activations, wanted: points, at: positions)
      try loop.run(into: &gradients)
      begin = end
      try progress(begin, sequences.count)
    }
    return gradients
  }

  private func check(_ seeds: [GradientSeed], _ sequences: [[Int]]) throws {
    guard seeds.count == sequences.count else {
      throw SequenceError.wrongCount(what: "gradient seeds", expected: sequences.count, found: seeds.count)
    }
    for seed in seeds {
      guard seed.logits.isEmpty || seed.logits.count == configuration.vocabularySize else {
        throw SequenceError.wrongCount(
          what: "slopes in logits", expected: configuration.vocabularySize, found: seed.logits.count)
      }
      for (point, slopes) in seed.activations {
        _ = try HookPattern(point).points(in: configuration)
        let width = point.site.width(in: configuration)
        guard slopes.count == width, !point.site.isPairwise, !point.site.isScale, point.site != .result else {
          throw SequenceError.wrongCount(what: "slopes in \(point)", expected: width, found: slopes.count)
        }
      }
    }
  }

  /// Bytes that are kept of each token of the forward run, for the way back.
  func tapeBytesPerToken(longest: Int) -> Int {
    let c = configuration
    return c.layers * MemoryLayout<Float>.stride
      * (4 * c.width + 2 * c.queryWidth + 3 * c.keyValueWidth + 2 * c.feedForwardWidth + 2 * c.heads * longest)
  }
}
