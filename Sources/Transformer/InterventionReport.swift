/// How often an intervention applied, and how much it changed.
public struct InterventionReport: Hashable, Sendable {
  /// How many activations it reached: one for each position and hook.
  public var fired: Int { firedBySequence.reduce(0, +) }
  /// How many of those had other bits afterwards.
  public var changed: Int { changedBySequence.reduce(0, +) }
  /// Times it fired in each sequence of the batch.
  public internal(set) var firedBySequence: [Int]
  /// Square root of the sum of all squared changes.
  public var distance: Double { squaredChange.joined().reduce(0, +).squareRoot() }

  /// Times that it changed something, in each sequence.
  private(set) var changedBySequence: [Int]
  /// Sum of squared changes by hook and sequence. Within those positions increase, so that the total does not depend on
  /// which positions were computed together.
  private var squaredChange: [[Double]]

  init(hooks: Int, sequences: Int) {
    firedBySequence = Array(repeating: 0, count: sequences)
    changedBySequence = firedBySequence
    squaredChange = Array(repeating: Array(repeating: 0, count: sequences), count: hooks)
  }

  /// Counts one activation.
  ///
  /// - Parameter squared: the sum of squared changes; `nil` where the bits stayed.
  mutating func count(_ squared: Double?, hook: Int, sequence: Int) {
    firedBySequence[sequence] += 1
    guard let squared else { return }
    changedBySequence[sequence] += 1
    squaredChange[hook][sequence] += squared
  }

  /// Counts for one sequence what was counted for another, which stood for both.
  mutating func copy(from other: Int, to sequence: Int) {
    firedBySequence[sequence] = firedBySequence[other]
    changedBySequence[sequence] = changedBySequence[other]
    for hook in squaredChange.indices { squaredChange[hook][sequence] = squaredChange[hook][other] }
  }

  mutating func merge(_ other: InterventionReport) {
    for i in firedBySequence.indices {
      firedBySequence[i] += other.firedBySequence[i]
      changedBySequence[i] += other.changedBySequence[i]
      for hook in squaredChange.indices { squaredChange[hook][i] += other.squaredChange[hook][i] }
    }
  }
}
