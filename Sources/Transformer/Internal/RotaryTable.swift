import Kernels
import Synchronization

/// Cosines and sines of all positions so far asked for, shared by all runs of a model.
final class RotaryTable: Sendable {
  /// `[positions, width / 2]` each.
  struct Rows: Sendable {
    let cosine: Buffer
    let sine: Buffer
    let positions: Int
  }

  private let frequencies: [Double]
  private let magnitude: Double
  private let roundsAngles: Bool
  private let rows = Mutex(Rows(cosine: Buffer(0), sine: Buffer(0), positions: 0))

  init(_ rotary: Rotary, headSize: Int, isLong: Bool = false) {
    frequencies = rotary.frequencies(headSize: headSize, isLong: isLong)
    magnitude = rotary.longRope?.attentionFactor ?? 1
    // Plain angles are rounded to float32, as models were trained with. LongRoPE's frequencies come out of a chain of
    // roundings that differs between implementations: there is none to follow, and the exact angle is nearest to all.
    roundsAngles = rotary.longRope == nil
  }

  /// A table of at least so many positions. A row's bits do not depend on how many there are.
  func rows(positions: Int) -> Rows {
    rows.withLock { rows in
      if rows.positions < positions {
        let count = max(positions, 2 * rows.positions, 64)
        let cosine = Buffer(count * frequencies.count)
        let sine = Buffer(count * frequencies.count)
        kernels_rotary_table(
          frequencies, Int64(frequencies.count), 0, Int64(count), magnitude, roundsAngles, cosine.pointer, sine.pointer)
        rows = Rows(cosine: cosine, sine: sine, positions: count)
      }
      return rows
    }
  }
}

/// The tables that a model's layers turn queries and keys by.
struct RotaryTables: Sendable {
  private let all: RotaryTable
  /// For layers with a window, where they have a base of their own.
  private let local: RotaryTable?
  /// For sequences longer than ``Rotary/LongRope/originalMaximumPositions``.
  private let long: RotaryTable?
  private let longFrom: Int?

  init(_ configuration: ModelConfiguration) {
    let (rotary, size) = (configuration.rotary, configuration.headSize)
    all = RotaryTable(rotary, headSize: size)
    local = configuration.localRotary.map { RotaryTable($0, headSize: size) }
    longFrom = rotary.longRope?.originalMaximumPositions
    long = longFrom == nil ? nil : RotaryTable(rotary, headSize: size, isLong: true)
  }

  /// Whether sequences of one batch may need different tables.
  var dependOnLength: Bool { long != nil }

  /// The table for a layer and a sequence of so many positions.
  func rows(isLocal: Bool, positions: Int) -> RotaryTable.Rows {
    if isLocal, let local { return local.rows(positions: positions) }
    if let long, let longFrom, positions > longFrom { return long.rows(positions: positions) }
    return all.rows(positions: positions)
  }

  /// Whether keys that were turned when a sequence had `before` positions are of no use when it has `after`.
  func outdate(before: Int, after: Int) -> Bool {
    longFrom.map { before > 0 && before <= $0 && after > $0 } ?? false
  }
}
