import CRival
import Foundation
import Tensor

/// One shape with its numbers: `x [rows, inputs]` times `weights [outputs, inputs]`.
final class Problem {
  let rows: Int, inputs: Int, outputs: Int
  private let x: Tensor
  private let weights: Tensor
  private let packed: [ElementType: PackedMatrix]
  private let result: UnsafeMutablePointer<Float>

  init(rows: Int, inputs: Int, outputs: Int) {
    (self.rows, self.inputs, self.outputs) = (rows, inputs, outputs)
    var generator = RandomStream(seed: 17, purpose: "matmul").generator()
    func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(2 * generator.uniform() - 1) } }
    x = Tensor([rows, inputs], numbers(rows * inputs))
    weights = Tensor([outputs, inputs], numbers(outputs * inputs))
    var packed = [ElementType.f32: PackedMatrix(weights)]
    HalfPrecision.bfloat16(weights.values).withUnsafeBytes {
      packed[.bf16] = try? PackedMatrix($0, type: .bf16, outputs: outputs, inputs: inputs)
    }
    self.packed = packed
    result = .allocate(capacity: rows * outputs)
    result.initialize(repeating: 0, count: rows * outputs)
  }

  deinit { result.deallocate() }

  func engine(_ type: ElementType) {
    guard let matrix = packed[type] else { return }
    x.withUnsafePointer { matrix.multiply($0, rows: rows, into: result) }
  }

  /// The library's matrix product, or, for one row, its matrix times vector.
  func openBLAS(vector: Bool = false) {
    x.withUnsafePointer { x in
      weights.withUnsafePointer { weights in
        let (m, k, n) = (Int32(rows), Int32(inputs), Int32(outputs))
        if vector {
          cblas_sgemv(CblasRowMajor, CblasNoTrans, n, k, 1, weights, k, x, 1, 0, result, 1)
        } else {
          cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1, x, k, weights, k, 0, result, n)
        }
      }
    }
  }

  /// Seconds of one run, by the wall clock.
  func time(repeats: Int, _ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    let elapsed = clock.measure { for _ in 0..<repeats { body() } }
    return (Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18) / Double(repeats)
  }

  /// GFLOP/s, a multiplication and an addition counted as two.
  func rate(seconds: Double) -> Double { 2e-9 * Double(rows) * Double(inputs) * Double(outputs) / seconds }

  /// Both in turn; each sample lasts about `seconds`.
  func compare(_ type: ElementType, samples: Int, seconds: Double, vector: Bool = false) -> Comparison {
    func repeats(_ body: () -> Void) -> Int {
      body()
      return max(1, Int(seconds / time(repeats: 1, body)))
    }
    let ours = repeats { engine(type) }
    let theirs = repeats { openBLAS(vector: vector) }
    var engineRates: [Double] = []
    var rivalRates: [Double] = []
    for _ in 0..<samples {
      engineRates.append(rate(seconds: time(repeats: ours) { engine(type) }))
      rivalRates.append(rate(seconds: time(repeats: theirs) { openBLAS(vector: vector) }))
    }
    return Comparison(
      engine: Spread(engineRates), rival: Spread(rivalRates),
      ratio: Spread(zip(engineRates, rivalRates).map { $0 / $1 }))
  }
}

/// Two rates and their ratio, sample by sample.
struct Comparison: CustomStringConvertible {
  let engine: Spread, rival: Spread, ratio: Spread

  var description: String { "\(engine) | \(rival) | \(ratio)" }
}

/// A median and the range around it.
struct Spread: CustomStringConvertible {
  let low: Double, median: Double, high: Double

  init(_ values: [Double]) {
    let sorted = values.sorted()
    (low, high) = (sorted.first ?? 0, sorted.last ?? 0)
    let middle = sorted.count / 2
    median = sorted.isEmpty ? 0 : sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  var description: String {
    let digits = median < 10 ? 2 : 0
    return String(format: "%.\(digits)f (%.\(digits)f-%.\(digits)f)", median, low, high)
  }
}
