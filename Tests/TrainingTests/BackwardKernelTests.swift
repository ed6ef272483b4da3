import Foundation
import Kernels
import Tensor
import Testing

@Suite("Backward kernels", .serialized)
struct BackwardKernelTests {
  static let shapes = [(1, 1), (3, 16), (5, 37), (2, 160)]

  @Test("The norm's gradients are those of x * inverse * weight, with the same bits on every path.", arguments: shapes)
  func rmsNorm(rows: Int, width: Int) throws {
    let x = randoms(rows * width, "x")
    let weight = randoms(width, "weight")
    let dOut = randoms(rows * width, "d_out")
    let start = randoms(rows * width, "d_x")
    let inverse = (0..<rows).map { r in
      1 / (x[r * width..<(r + 1) * width].reduce(0) { $0 + $1 * $1 } / Float(width) + 1e-5).squareRoot()
    }
    var expectedX = start.map(Double.init)
    var expectedWeight = [Double](repeating: 0, count: width)
    for r in 0..<rows {
      let i = Double(inverse[r])
      let mean =
        (0..<width).reduce(0.0) { sum, c in
          let at = r * width + c
          return sum + Double(dOut[at]) * Double(weight[c]) * Double(x[at]) * i
        } / Double(width)
      for c in 0..<width {
        let at = r * width + c
        expectedX[at] += i * (Double(dOut[at]) * Double(weight[c]) - Double(x[at]) * i * mean)
        expectedWeight[c] += Double(dOut[at]) * Double(x[at]) * i
      }
    }
    let results = try onEveryPath { () -> [[Float]] in
      var dX = start
      var dWeight = [Float](repeating: .nan, count: width)
      let stride = Int64(width)
      kernels_rms_norm_backward(x, stride, weight, inverse, dOut, stride, &dX, stride, Int64(rows), stride)
      // Split over columns as threads might.
      let middle = Int64(width / 2)
      kernels_rms_norm_weight_backward(x, stride, inverse, dOut, stride, &dWeight, Int64(rows), 0, middle)
      kernels_rms_norm_weight_backward(x, stride, inverse, dOut, stride, &dWeight, Int64(rows), middle, stride)
      return [dX, dWeight]
    }
    for (path, result) in results {
      #expect(result == results[0].result, "\(path)")
      #expect(largestDifference(result[0], expectedX) < 1e-4, "\(path)")
      #expect(largestDifference(result[1], expectedWeight) < 1e-4, "\(path)")
    }
  }

  @Test("The gate's gradients are those of silu(gate) * up, also for gates far from zero.", arguments: shapes)
  func gatedSiLU(rows: Int, width: Int) throws {
    let count = rows * width
    var gate = randoms(count, "gate").map { 3 * $0 }
    gate[0] = -120
    gate[count - 1] = count > 1 ? 120 : -120
    let up = randoms(count, "up")
    let dOut = randoms(count, "d_out")
    let results = try onEveryPath { () -> [[Float]] in
      var (dGate, dUp, out) = (gate, gate, gate)
      let stride = Int64(width)
      kernels_gated_silu_backward(
        gate, up, stride, dOut, stride, &dGate, &dUp, stride, &out, stride, Int64(rows), stride)
      return [dGate, dUp, out]
    }
    let sigmoid = gate.map { 1 / (1 + exp(-Double($0))) }
    for (path, result) in results {
      #expect(result == results[0].result, "\(path)")
      for i in 0..<count {
        let (g, u, d, s) = (Double(gate[i]), Double(up[i]), Double(dOut[i]), sigmoid[i])
        #expect(abs(Double(result[0][i]) - d * u * s * (1 + g * (1 - s))) < 1e-4, "d_gate \(i) on \(path)")
        #expect(abs(Double(result[1][i]) - d * g * s) < 1e-4, "d_up \(i) on \(path)")
        #expect(abs(Double(result[2][i]) - g * s * u) < 1e-4, "out \(i) on \(path)")
      }
    }
  }

  @Test("Cross-entropy's gradient is weight * (soft-max - one-hot), and zero where nothing is to be learnt.")
  func crossEntropy() throws {
    let (rows, width) = (4, 53)
    let logits = randoms(rows * width, "logits")
    let targets: [Int32] = [0, 52, -1, 7]
    let weights: [Float] = [0.5, 2, 1, 0]
    let results = try onEveryPath { () -> [Float] in
      var gradient = logits
      var (losses, logSums) = (weights, weights)
      let stride = Int64(width)
      kernels_cross_entropy(logits, stride, targets, &losses, &logSums, Int64(rows), stride)
      kernels_cross_entropy_backward(
        logits, stride, logSums, targets, weights, &gradient, stride, Int64(rows), stride)
      return gradient
    }
    let expected = (0..<rows).flatMap { r -> [Double] in
      let row = logits[r * width..<(r + 1) * width].map(Double.init)
      let sum = row.reduce(0) { $0 + exp($1) }
      return row.enumerated().map { c, logit in
        targets[r] < 0 ? 0 : Double(weights[r]) * (exp(logit) / sum - (c == Int(targets[r]) ? 1 : 0))
      }
    }
    for (path, result) in results {
      #expect(result == results[0].result, "\(path)")
      #expect(largestDifference(result, expected) < 1e-6, "\(path)")
      #expect(result.dropFirst(2 * width).allSatisfy { $0 == 0 }, "\(path)")
    }
  }

  @Test("AdamW moves weights as its paper says, whatever the pieces it is done in.", arguments: [1, 16, 45])
  func adamW(count: Int) throws {
    let weights = randoms(count, "weights")
    let gradient = randoms(count, "gradient")
    let first = randoms(count, "first")
    let second = randoms(count, "second").map(abs)
    var step = kernels_adamw(
      gradient_scale: 0.5, beta1: 0.9, beta2: 0.98, correction1: 1.7, correction2: 3.1, epsilon: 1e-8,
      learning_rate: 0.01, decay: 0.05)
    let results = try onEveryPath { () -> [Float] in
      var (w, m, v) = (weights, first, second)
      kernels_adamw_step(&step, &w, gradient, &m, &v, Int64(count))
      return w + m + v
    }
    let expected = (0..<count).map { i -> Double in
      let g = 0.5 * Double(gradient[i])
      let m = 0.9 * Double(first[i]) + 0.1 * g
      let v = 0.98 * Double(second[i]) + 0.02 * g * g
      return Double(weights[i]) - 0.01 * (m * 1.7 / ((v * 3.1).squareRoot() + 1e-8) + 0.05 * Double(weights[i]))
    }
    for (path, result) in results {
      #expect(result == results[0].result, "\(path)")
      #expect(largestDifference(Array(result.prefix(count)), expected) < 1e-5, "\(path)")
    }
  }
}
