import Foundation
import Kernels
import Tensor
import Testing

@Suite("Attention")
struct AttentionTests {
  /// One sequence with everything that can vary.
  struct Case {
    var queries: Int, keys: Int, heads: Int, kvHeads: Int, width: Int
    var q: [Float], k: [Float], v: [Float]
    var scale: Float, softCap: Float = 0, window = 0, prefix = 0

    init(_ numbers: inout Numbers, queries: Int, keys: Int, heads: Int, kvHeads: Int, width: Int) {
      (self.queries, self.keys, self.heads, self.kvHeads, self.width) = (queries, keys, heads, kvHeads, width)
      q = numbers.floats(queries * heads * width, scale: 2)
      k = numbers.floats(keys * kvHeads * width, scale: 2)
      v = numbers.floats(keys * kvHeads * width)
      scale = 1 / Float(width).squareRoot()
    }

    static func random(_ numbers: inout Numbers) -> Case {
      let kvHeads = numbers.int(1...3)
      let queries = numbers.int(1...40)
      var test = Case(
        &numbers, queries: queries, keys: queries + numbers.int(0...30), heads: kvHeads * numbers.int(1...3),
        kvHeads: kvHeads, width: [1, 8, 16, 20, 32, 48, 64, 72, 128][numbers.int(0...8)])
      if numbers.int(0...2) == 0 { test.softCap = 3 }
      if numbers.int(0...2) == 0 { test.window = numbers.int(1...12) }
      return test
    }

    /// Calls `body` with the arguments in place; returns out.
    func run(_ body: (UnsafePointer<kernels_attention>) -> Void) -> [Float] {
      var out = [Float](repeating: .nan, count: queries * heads * width)
      let row = kvHeads * width
      q.withUnsafeBufferPointer { q in
        k.withUnsafeBufferPointer { k in
          v.withUnsafeBufferPointer { v in
            out.withUnsafeMutableBufferPointer { out in
              var t = kernels_attention()
              (t.queries, t.keys, t.prefix) = (Int64(queries), Int64(keys), Int64(prefix))
              (t.heads, t.kv_heads, t.head_width) = (Int64(heads), Int64(kvHeads), Int64(width))
              (t.q, t.q_stride) = (q.baseAddress, Int64(heads * width))
              (t.prefix_k, t.prefix_v) = (k.baseAddress, v.baseAddress)
              (t.prefix_k_stride, t.prefix_v_stride) = (Int64(row), Int64(row))
              (t.k, t.v) = (k.baseAddress.map { $0 + prefix * row }, v.baseAddress.map { $0 + prefix * row })
              (t.k_stride, t.v_stride) = (Int64(row), Int64(row))
              (t.scale, t.soft_cap, t.window) = (scale, softCap, Int64(window))
              (t.out, t.out_stride) = (out.baseAddress, Int64(heads * width))
              body(&t)
            }
          }
        }
      }
      return out
    }

    func fused() -> [Float] { run { kernels_attention_fused($0, 0, Int64(heads), 0, Int64(queries)) } }

    func steps() -> (out: [Float], scores: [Float], pattern: [Float]) {
      var scores = [Float](repeating: .nan, count: heads * queries * keys)
      var pattern = scores
      let (h, m) = (Int64(heads), Int64(queries))
      let out = run {
        kernels_attention_scores($0, &scores, 0, h, 0, m)
        kernels_attention_softmax($0, scores, &pattern, 0, h, 0, m)
        kernels_attention_mix($0, pattern, 0, h, 0, m)
      }
      return (out, scores, pattern)
    }

    /// Queries from `first` on, with all keys before them cached.
    func suffix(from first: Int) -> Case {
      var test = self
      test.queries = queries - first
      test.q = Array(q[(first * heads * width)...])
      return test
    }

    /// The formula, in double: out, and the weights.
    func exact() -> (out: [Double], pattern: [Double]) {
      var out = [Double](repeating: 0, count: queries * heads * width)
      var pattern = [Double](repeating: 0, count: heads * queries * keys)
      for h in 0..<heads {
        let g = h / (heads / kvHeads)
        for i in 0..<queries {
          let past = keys - queries + i + 1
          let first = window > 0 ? max(0, past - window) : 0
          var scores = (first..<past).map { j in
            (0..<width).reduce(0.0) {
              $0 + Double(q[(i * heads + h) * width + $1]) * Double(k[(j * kvHeads + g) * width + $1])
            } * Double(scale)
          }
          if softCap > 0 { scores = scores.map { Double(softCap) * tanh($0 / Double(softCap)) } }
          let top = scores.max() ?? 0
          let total = scores.reduce(0) { $0 + exp($1 - top) }
          for (j, score) in zip(first..<past, scores) {
            let weight = exp(score - top) / total
            pattern[(h * queries + i) * keys + j] = weight
            for d in 0..<width {
              out[(i * heads + h) * width + d] += weight * Double(v[(j * kvHeads + g) * width + d])
            }
          }
        }
      }
      return (out, pattern)
    }
  }

  @Test("Every path gives the same bits, fused or step by step.")
  func paths() throws {
    var numbers = Numbers("attention paths")
    for _ in 0..<25 {
      let test = Case.random(&numbers)
      let what = "\(test.queries) of \(test.keys), \(test.heads)/\(test.kvHeads) heads of \(test.width)"
      let fused = try sameOnEachPath(what) { test.fused() }
      let steps = try sameOnEachPath(what) {
        let steps = test.steps()
        return steps.out + steps.scores + steps.pattern
      }
      #expect(firstDifference(Array(steps.prefix(fused.count)), fused) == nil, "\(what)")
    }
  }

  @Test("Weights and mixed values are near the formula, and masked places hold -infinity and 0.")
  func formula() throws {
    var numbers = Numbers("attention formula")
    for _ in 0..<20 {
      let test = Case.random(&numbers)
      let got = test.steps()
      let exact = test.exact()
      // A score of at most 4 sqrt(width) in size, each with (width / 16 + 8) roundings; exp turns them into relative errors.
      let units = (Double(test.width) / 16 + 8) * 4 * Double(test.width).squareRoot() + Double(test.keys) + 40
      let bound = 2 * units * roundoff
      for i in got.pattern.indices {
        #expect(abs(Double(got.pattern[i]) - exact.pattern[i]) <= bound * exact.pattern[i])
        #expect((got.scores[i] == -.infinity) == (exact.pattern[i] == 0))
      }
      for i in got.out.indices { #expect(abs(Double(got.out[i]) - exact.out[i]) <= bound) }
    }
  }

  @Test("Queries computed after the others, with cached keys in one piece or two, give the same bits.")
  func cached() throws {
    var numbers = Numbers("attention cached")
    for _ in 0..<20 {
      let test = Case.random(&numbers)
      let whole = test.fused()
      for first in [0, test.queries / 2, test.queries - 1] {
        var suffix = test.suffix(from: first)
        let expected = Array(whole[(first * test.heads * test.width)...])
        for prefix in [0, 1, (test.keys - suffix.queries) / 2, test.keys - suffix.queries] where prefix <= test.keys {
          suffix.prefix = prefix
          #expect(firstDifference(suffix.fused(), expected) == nil, "from \(first), prefix \(prefix)")
        }
      }
      // Keys that come later do not matter to the queries before them.
      var earlier = test
      let kept = (test.queries + 1) / 2
      earlier.queries = kept
      earlier.keys = test.keys - (test.queries - kept)
      #expect(firstDifference(earlier.fused(), Array(whole[..<(kept * test.heads * test.width)])) == nil)
    }
  }

  @Test("Any split over heads and queries gives the same bits.")
  func splits() throws {
    var numbers = Numbers("attention splits")
    for _ in 0..<10 {
      let test = Case.random(&numbers)
      let split = test.run { t in
        for head in 0..<Int64(test.heads) {
          let middle = Int64(test.queries / 3)
          kernels_attention_fused(t, head, head + 1, middle, Int64(test.queries))
          kernels_attention_fused(t, head, head + 1, 0, middle)
        }
      }
      #expect(firstDifference(split, test.fused()) == nil)
    }
  }

  @Test("A sequence longer than the stack's rows attends like a short one.")
  func long() throws {
    var numbers = Numbers("attention long")
    let test = Case(&numbers, queries: 2, keys: 9000, heads: 1, kvHeads: 1, width: 16)
    let fused = test.fused()
    #expect(firstDifference(fused, test.steps().out) == nil)
    for (got, value) in zip(fused, test.exact().out) { #expect(abs(Double(got) - value) < 1e-4) }
  }
}
