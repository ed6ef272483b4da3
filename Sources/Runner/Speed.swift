import Tensor

/// How fast this machine multiplies, for estimates.
enum Speed {
  /// Floating-point operations per second of the engine's matrix product, measured in a few milliseconds.
  static func operationsPerSecond() -> Double {
    let (rows, inputs, outputs) = (256, 256, 1_024)
    let matrix = PackedMatrix(Tensor(repeating: 0.5, [outputs, inputs]))
    let x = Tensor(repeating: 0.25, [rows, inputs])
    _ = matrix.multiply(x)
    let clock = ContinuousClock()
    let repetitions = 5
    let time = clock.measure { for _ in 0..<repetitions { _ = matrix.multiply(x) } }
    // Norms, attention and small products keep a forward run at about half of what a large product reaches.
    return Double(2 * rows * inputs * outputs * repetitions) / max(time / .seconds(1), 1e-9) / 2
  }
}
