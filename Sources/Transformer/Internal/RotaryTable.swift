import Kernels
import Synchronization

/// Cosines and sines of all positions so far asked for, shared by all runs of a model.
final class RotaryTable: Sendable {
  /// `[positions, d_head / 2]` each.
  struct Rows: Sendable {
    let cosine: Buffer
    let sine: Buffer
    let positions: Int
  }

  private let frequencies: [Double]
  private let rows = Mutex(Rows(cosine: Buffer(0), sine: Buffer(0), positions: 0))

  init(_ configuration: ModelConfiguration) {
    frequencies = configuration.rotary.frequencies(headSize: configuration.headSize)
  }

  /// A table of at least so many positions. A row's bits do not depend on how many there are.
  func rows(positions: Int) -> Rows {
    rows.withLock { rows in
      if rows.positions < positions {
        let count = max(positions, 2 * rows.positions, 64)
        let cosine = Buffer(count * frequencies.count)
        let sine = Buffer(count * frequencies.count)
        // Angles rounded to float32 first, as the models were trained with.
        kernels_rotary_table(
          frequencies, Int64(frequencies.count), 0, Int64(count), 1, true, cosine.pointer, sine.pointer)
        rows = Rows(cosine: cosine, sine: sine, positions: count)
      }
      return rows
    }
  }
}
