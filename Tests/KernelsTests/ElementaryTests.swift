import Foundation
import Kernels
import Tensor
import Testing

@Suite("Elementary functions")
struct ElementaryTests {
  typealias Kernel = (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int64) -> Void

  func apply(_ kernel: Kernel, _ x: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: x.count) { buffer, count in
      kernel(x, buffer.baseAddress, Int64(x.count))
      count = x.count
    }
  }

  /// The largest error in units of the last place of the exact value.
  func worstUnits(_ got: [Float], _ x: [Float], _ exact: (Double) -> Double) -> Double {
    zip(got, x).map { got, x in
      let value = exact(Double(x))
      return abs(Double(got) - value) / Double(max(Float(value).ulp, Float.leastNonzeroMagnitude))
    }.max() ?? 0
  }

  @Test("exp is within 2 units in the last place wherever it is finite, subnormal results included.")
  func exponential() throws {
    let x = (0..<40_001).map { -104 + 192.7 * Float($0) / 40_000 }
    let got = try sameOnEachPath("exp") { apply(kernels_exp, x) }
    #expect(worstUnits(got, x, Foundation.exp) < 2)
  }

  @Test("log is within 2 units in the last place of normal and subnormal numbers.")
  func logarithm() throws {
    let x =
      (0..<40_001).map { Float(Foundation.exp(-100 + 188 * Double($0) / 40_000)) } + (1...999).map { Float($0) / 500 }
    let got = try sameOnEachPath("log") { apply(kernels_log, x) }
    #expect(worstUnits(got, x, Foundation.log) < 2)
  }

  @Test("tanh is within 3 units in the last place.")
  func hyperbolicTangent() throws {
    let x = (0..<40_001).map { -12 + 24 * Float($0) / 40_000 }
    let got = try sameOnEachPath("tanh") { apply(kernels_tanh, x) }
    #expect(worstUnits(got, x, Foundation.tanh) < 3)
  }

  @Test("erf is within 2^-22.")
  func errorFunction() throws {
    let x = (0..<40_001).map { -6 + 12 * Float($0) / 40_000 }
    let got = try sameOnEachPath("erf") { apply(kernels_erf, x) }
    let worst = zip(got, x).map { abs(Double($0) - Foundation.erf(Double($1))) }.max() ?? 1
    #expect(worst < 0x1p-22)
  }

  @Test("Limits, infinities and NaN come out as in mathematics.")
  func limits() throws {
    let x: [Float] = [0, -0.0, .infinity, -.infinity, .nan, 1000, -1000, 3.4e38, -3.4e38]
    let exp = try sameOnEachPath("exp") { apply(kernels_exp, x).map { $0.isNaN ? .nan : $0 } }
    #expect(exp[0] == 1 && exp[1] == 1 && exp[2] == .infinity && exp[3] == 0 && exp[4].isNaN)
    #expect(exp[5] == .infinity && exp[6] == 0)
    let tanh = try sameOnEachPath("tanh") { apply(kernels_tanh, x).map { $0.isNaN ? .nan : $0 } }
    #expect(tanh[0] == 0 && tanh[2] == 1 && tanh[3] == -1 && tanh[4].isNaN && tanh[7] == 1)
    let erf = try sameOnEachPath("erf") { apply(kernels_erf, x).map { $0.isNaN ? .nan : $0 } }
    #expect(erf[0] == 0 && erf[2] == 1 && erf[3] == -1 && erf[4].isNaN && erf[8] == -1)
    let log = try sameOnEachPath("log") { apply(kernels_log, x).map { $0.isNaN ? .nan : $0 } }
    #expect(log[0] == -.infinity && log[1] == -.infinity && log[2] == .infinity && log[3].isNaN && log[4].isNaN)
  }

  @Test("Sine and cosine are within 2^-50, large angles included.")
  func sineAndCosine() {
    var generator = RandomStream(seed: 17, purpose: "angles").generator()
    for i in 0..<20_000 {
      let x = (2 * generator.uniform() - 1) * (i % 2 == 0 ? 10 : 1e6)
      var (sine, cosine) = (0.0, 0.0)
      kernels_sine_cosine(x, &sine, &cosine)
      #expect(abs(sine - sin(x)) < 0x1p-50 && abs(cosine - cos(x)) < 0x1p-50)
    }
  }

  @Test("Every kind of activation has the same bits on each path and is near its formula, gated or not.")
  func activations() throws {
    var numbers = Numbers("activations")
    let formulas: [(kernels_activation, String, (Double) -> Double)] = [
      (KERNELS_SILU, "SiLU", { $0 / (1 + Foundation.exp(-$0)) }),
      (KERNELS_GELU_ERF, "GELU", { $0 * (1 + Foundation.erf($0 / 2.0.squareRoot())) / 2 }),
      (
        KERNELS_GELU_TANH, "GELU (tanh)",
        {
          $0 * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) / 2
        }
      ),
      (KERNELS_RELU, "ReLU", { max($0, 0) }),
    ]
    for (kind, name, formula) in formulas {
      for width in [1, 15, 16, 17, 100] {
        let x = numbers.floats(3 * width, scale: 8)
        let up = numbers.floats(3 * width)
        for gated in [false, true] {
          let got = try sameOnEachPath(name) {
            var out = [Float](repeating: 0, count: 3 * width)
            let w = Int64(width)
            kernels_activate(kind, x, w, gated ? up : nil, w, &out, w, 3, w)
            return out
          }
          for i in x.indices {
            let value = formula(Double(x[i])) * (gated ? Double(up[i]) : 1)
            #expect(abs(Double(got[i]) - value) <= 0x1p-21 * (1 + abs(Double(x[i]))), "\(name)(\(x[i]))")
          }
        }
      }
    }
  }
}
