import Tensor
import Transformer

/// Initial weights: matrices from N(0, deviation), with the two projections that write to the residual stream divided
/// by `sqrt(2 * layers)` (Radford et al. 2019), norm weights one. Each tensor has a random stream of its own name.
enum InitialWeights {
  static func fill(
    _ weights: UnsafeMutablePointer<Float>, layout: ParameterLayout, layers: Int, deviation: Double, seed: UInt64,
    loop: ParallelLoop
  ) {
    loop.run(layout.entries.count) { index, _ in
      let entry = layout.entries[index]
      let values = UnsafeMutableBufferPointer(start: weights + entry.offset, count: entry.parameter.count)
      switch entry.parameter.role {
      case .attentionNorm, .feedForwardNorm, .finalNorm:
        values.update(repeating: 1)
      case .attentionOutput, .down:
        normal(values, name: entry.parameter.name, deviation: deviation / Double(2 * layers).squareRoot(), seed: seed)
      default:
        normal(values, name: entry.parameter.name, deviation: deviation, seed: seed)
      }
    }
  }

  /// Marsaglia's polar method: pairs of normal numbers from a point in the unit disc.
  private static func normal(
    _ values: UnsafeMutableBufferPointer<Float>, name: String, deviation: Double, seed: UInt64
  ) {
    var generator = RandomStream(seed: seed, purpose: "initial weights/\(name)").generator()
    var index = 0
    while index < values.count {
      let x = 2 * generator.uniform() - 1
      let y = 2 * generator.uniform() - 1
      let square = x * x + y * y
      if square >= 1 || square == 0 { continue }
      let factor = deviation * (-2 * PortableMath.logarithm(square) / square).squareRoot()
      values[index] = Float(x * factor)
      if index + 1 < values.count { values[index + 1] = Float(y * factor) }
      index += 2
    }
  }
}
