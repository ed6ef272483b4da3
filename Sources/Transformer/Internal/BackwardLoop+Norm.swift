import Foundation
import Tensor

extension BackwardLoop {
  /// Through a norm, row by row: `[rows, width]` from the gradient of what it gives to that of what it reads, in float64
  /// and rounded once.
  ///
  /// - Parameters:
  ///   - x: what it read: `[rows * groups, width]`.
  ///   - dy: the gradient of what it gave.
  ///   - scale: its scale's hook, if it has one.
  func norm(_ norm: Norm, of x: Buffer, _ dy: Buffer, scale: HookPoint?, into dx: Buffer) throws {
    let width = norm.weight.count
    let count = x.count / width
    let isCentred = configuration.architecture.norm == .layer
    let offset: Double = configuration.architecture.norm == .zeroCentredRMS ? 1 : 0
    let epsilon = configuration.normEpsilon
    let scales = Buffer(count)
    Threads.split(count, grain: max(1, 16_384 / width)) { range in
      for row in range {
        let (x, dy, dx) = (x + row * width, dy + row * width, dx + row * width)
        var mean = 0.0
        if isCentred {
          for i in 0..<width { mean += Double(x[i]) }
          mean /= Double(width)
        }
        var (squares, product, sum) = (0.0, 0.0, 0.0)
        for i in 0..<width {
          let (centred, slope) = (Double(x[i]) - mean, Double(dy[i]) * (offset + Double(norm.weight.pointer[i])))
          squares += centred * centred
          product += slope * centred
          sum += slope
        }
        let deviation = (squares / Double(width) + epsilon).squareRoot()
        scales.pointer[row] = Float(-product / (deviation * deviation))
        let along = product / (Double(width) * deviation * deviation * deviation)
        let common = isCentred ? sum / Double(width) : 0
        for i in 0..<width {
          let slope = Double(dy[i]) * (offset + Double(norm.weight.pointer[i]))
          dx[i] = Float((slope - common) / deviation - (Double(x[i]) - mean) * along)
        }
      }
    }
    if let scale { visit(scale.site, scale.layer, scales) }
  }
}

extension Architecture.Activation {
  /// The activation and its derivative.
  func valueAndSlope(_ x: Double) -> (value: Double, slope: Double) {
    switch self {
    case .silu:
      let share = 1 / (1 + exp(-x))
      return (x * share, share * (1 + x * (1 - share)))
    case .gelu:
      let share = (1 + erf(x / 2.0.squareRoot())) / 2
      return (x * share, share + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot())
    case .geluTanh:
      let rate = (2 / Double.pi).squareRoot()
      let bend = tanh(rate * (x + 0.044715 * x * x * x))
      return (
        x * (1 + bend) / 2,
        (1 + bend) / 2 + x / 2 * (1 - bend * bend) * rate * (1 + 3 * 0.044715 * x * x)
      )
    case .relu: return (max(x, 0), x > 0 ? 1 : 0)
    }
  }
}

/// The derivative of tanh.
func tanhSlope(_ x: Double) -> Double {
  let value = tanh(x)
  return 1 - value * value
}
