import Foundation
import Kernels
import Tensor
import Testing

@Suite("Attention backward", .serialized)
struct AttentionBackwardTests {
  /// Sequence length, query heads, key-value heads, head width.
  static let shapes = [(1, 1, 1, 4), (7, 4, 2, 6), (33, 2, 1, 40), (70, 3, 3, 32)]

  @Test("Attention's gradients are those of the plain formulas, with the same bits on every path.", arguments: shapes)
  func gradients(length: Int, heads: Int, kvHeads: Int, width: Int) throws {
    let q = randoms(length * heads * width, "q")
    let k = randoms(length * kvHeads * width, "k")
    let v = randoms(length * kvHeads * width, "v")
    let dOut = randoms(length * heads * width, "d_out")
    let results = try onEveryPath { () -> [Float] in
      run(length, heads, kvHeads, width, q, k, v, dOut)
    }
    let expected = plain(length, heads, kvHeads, width, q, k, v, dOut)
    for (path, result) in results {
      #expect(result == results[0].result, "\(path)")
      #expect(largestDifference(result, expected) < 2e-4, "\(path)")
    }
  }

  /// `d_q`, `d_k` and `d_v`, one after the other.
  private func run(
    _ length: Int, _ heads: Int, _ kvHeads: Int, _ width: Int, _ q: [Float], _ k: [Float], _ v: [Float],
    _ dOut: [Float]
  ) -> [Float] {
    var dQ = [Float](repeating: .nan, count: q.count)
    var dK = [Float](repeating: .nan, count: k.count)
    var dV = dK
    var pattern = [Float](repeating: 0, count: heads * length * length)
    let strides = (q: Int64(heads * width), kv: Int64(kvHeads * width))
    q.withUnsafeBufferPointer { q in
      k.withUnsafeBufferPointer { k in
        v.withUnsafeBufferPointer { v in
          var attention = kernels_attention()
          attention.queries = Int64(length)
          attention.keys = Int64(length)
          attention.heads = Int64(heads)
          attention.kv_heads = Int64(kvHeads)
          attention.head_width = Int64(width)
          attention.q = q.baseAddress
          attention.q_stride = strides.q
          attention.k = k.baseAddress
          attention.k_stride = strides.kv
          attention.v = v.baseAddress
          attention.v_stride = strides.kv
          attention.scale = 1 / Float(width).squareRoot()
          kernels_attention_scores(&attention, &pattern, 0, attention.heads, 0, attention.queries)
          pattern.withUnsafeMutableBufferPointer { pattern in
            kernels_attention_softmax(
              &attention, pattern.baseAddress, pattern.baseAddress, 0, attention.heads, 0, attention.queries)
          }
          let count = kernels_attention_backward_scratch(&attention)
          let scratch = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
          defer { scratch.deallocate() }
          kernels_attention_backward(
            &attention, pattern, dOut, strides.q, &dQ, strides.q, &dK, &dV, strides.kv, 0, attention.kv_heads,
            scratch.bindMemory(to: Float.self, capacity: count))
        }
      }
    }
    return dQ + dK + dV
  }

  private func plain(
    _ length: Int, _ heads: Int, _ kvHeads: Int, _ width: Int, _ q: [Float], _ k: [Float], _ v: [Float],
    _ dOut: [Float]
  ) -> [Double] {
    var dQ = [Double](repeating: 0, count: q.count)
    var dK = [Double](repeating: 0, count: k.count)
    var dV = dK
    let scale = 1 / Double(width).squareRoot()
    func dot(_ a: [Float], _ i: Int, _ b: [Float], _ j: Int) -> Double {
      (0..<width).reduce(0) { $0 + Double(a[i + $1]) * Double(b[j + $1]) }
    }
    for head in 0..<heads {
      let shared = head / (heads / kvHeads) * width
      for query in 0..<length {
        let row = (query * heads + head) * width
        let keys = (0...query).map { $0 * kvHeads * width + shared }
        let exponentials = keys.map { exp(dot(q, row, k, $0) * scale) }
        let total = exponentials.reduce(0, +)
        let pattern = exponentials.map { $0 / total }
        let dPattern = keys.map { dot(dOut, row, v, $0) }
        let mean = zip(pattern, dPattern).reduce(0) { $0 + $1.0 * $1.1 }
        for (index, key) in keys.enumerated() {
          let dScore = pattern[index] * (dPattern[index] - mean) * scale
          for i in 0..<width {
            dQ[row + i] += dScore * Double(k[key + i])
            dK[key + i] += dScore * Double(q[row + i])
            dV[key + i] += pattern[index] * Double(dOut[row + i])
          }
        }
      }
    }
    return dQ + dK + dV
  }
}
