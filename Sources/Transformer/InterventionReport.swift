/// How often an intervention applied, and how much it changed.
public struct InterventionReport: Hashable, Sendable {
  /// How many activations it reached: one for each position and hook.
  public var fired: Int { firedBySequence.reduce(0, +) }
  /// How many of those had other bits afterwards.
  public internal(set) var changed: Int
  /// Times it fired in each sequence of the batch.
  public internal(set) var firedBySequence: [Int]
  /// Square root of the sum of all squared changes.
  public var distance: Double { squaredChange.reduce(0, +).squareRoot() }

  /// Sum of squared changes in each sequence, so that the total does not depend on the order of computation.
  var squaredChange: [Double]

  init(sequences: Int) {
    changed = 0
    firedBySequence = Array(repeating: 0, count: sequences)
    squaredChange = Array(repeating: 0, count: sequences)
  }

  mutating func merge(_ other: InterventionReport) {
    changed += other.changed
    for i in firedBySequence.indices {
      firedBySequence[i] += other.firedBySequence[i]
      squaredChange[i] += other.squaredChange[i]
    }
  }
}
