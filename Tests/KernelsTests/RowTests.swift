import Foundation
import Kernels
import Tensor
import Testing

@Suite("Rows: norms, soft-max, loss and sums")
struct RowTests {
  static let widths = [1, 2, 15, 16, 17, 31, 32, 33, 64, 100, 255, 896]

  /// The 16-lane order in plain words: lane i takes elements i, i + 16, ...; then lanes 8, 4, 2 and 1 apart are added.
  func laneSum(_ a: [Float], _ b: [Float]) -> Float {
    var lanes = [Float](repeating: 0, count: 16)
    for i in a.indices { lanes[i % 16].addProduct(a[i], b[i]) }
    for apart in [8, 4, 2, 1] { for i in 0..<apart { lanes[i] += lanes[i + apart] } }
    return lanes[0]
  }

  @Test("Sums and dot products take the 16-lane order.", arguments: widths)
  func sums(_ width: Int) throws {
    var numbers = Numbers("sums \(width)")
    let (a, b) = (numbers.floats(width), numbers.floats(width))
    let got = try sameOnEachPath("sums") {
      [kernels_dot(a, b, Int64(width)), kernels_sum(a, Int64(width))]
    }
    #expect(got == [laneSum(a, b), laneSum(a, a.map { _ in 1 })])
    let exact = zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    let size = zip(a, b).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
    #expect(abs(Double(got[0]) - exact) <= Double(width / 16 + 5) * roundoff * size * 1.01)
  }

  @Test("RMSNorm is near its formula, and its two halves give the same bits as the whole.", arguments: widths)
  func rmsNorm(_ width: Int) throws {
    var numbers = Numbers("rms \(width)")
    let rows = 3
    let (x, weight) = (numbers.floats(rows * width, scale: 3), numbers.floats(width))
    let w = Int64(width)
    for offset: Float in [0, 1] {
      let got = try sameOnEachPath("RMSNorm") {
        var (out, inverse) = ([Float](repeating: 0, count: rows * width), [Float](repeating: 0, count: rows))
        kernels_rms_norm(x, w, weight, offset, 1e-5, &out, w, &inverse, Int64(rows), w)
        return out + inverse
      }
      for r in 0..<rows {
        let row = x[r * width..<(r + 1) * width].map(Double.init)
        let inverse = 1 / (row.reduce(0) { $0 + $1 * $1 } / Double(width) + Double(Float(1e-5))).squareRoot()
        let bound = Double(width / 16 + 12) * roundoff
        #expect(abs(Double(got[rows * width + r]) / inverse - 1) <= bound)
        for i in 0..<width {
          let value = row[i] * inverse * (Double(weight[i]) + Double(offset))
          let scale = abs(row[i]) * inverse * (abs(Double(weight[i])) + Double(offset))
          #expect(abs(Double(got[r * width + i]) - value) <= bound * scale)
        }
      }
      let halves = try sameOnEachPath("RMSNorm, then weights") {
        var out = x
        kernels_rms_norm(out, w, nil, 0, 1e-5, &out, w, nil, Int64(rows), w)
        kernels_affine(out, w, weight, offset, nil, &out, w, Int64(rows), w)
        return out
      }
      #expect(firstDifference(halves, Array(got.prefix(rows * width))) == nil)
    }
  }

  @Test("LayerNorm is near its formula, and its two halves give the same bits as the whole.", arguments: widths)
  func layerNorm(_ width: Int) throws {
    var numbers = Numbers("layer \(width)")
    let (x, weight, bias) = (numbers.floats(2 * width, scale: 3), numbers.floats(width), numbers.floats(width))
    let w = Int64(width)
    let got = try sameOnEachPath("LayerNorm") {
      var (out, mean, inverse) = (
        [Float](repeating: 0, count: 2 * width), [Float](repeating: 0, count: 2), [Float](repeating: 0, count: 2)
      )
      kernels_layer_norm(x, w, weight, bias, 1e-3, &out, w, &mean, &inverse, 2, w)
      return out + mean + inverse
    }
    for r in 0..<2 {
      let row = x[r * width..<(r + 1) * width].map(Double.init)
      let mean = row.reduce(0, +) / Double(width)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      let inverse = 1 / (variance + Double(Float(1e-3))).squareRoot()
      #expect(abs(Double(got[2 * width + r]) - mean) <= 3 * Double(width / 16 + 6) * roundoff)
      for i in 0..<width {
        let value = (row[i] - mean) * inverse * Double(weight[i]) + Double(bias[i])
        // The mean's error, at most 3 (n / 16 + 6) roundings, is scaled by the inverse deviation.
        let bound = (3 * Double(width / 16 + 6) * inverse + 8 * (1 + abs(row[i] - mean) * inverse)) * 2 * roundoff
        #expect(abs(Double(got[r * width + i]) - value) <= bound)
      }
    }
    let halves = try sameOnEachPath("LayerNorm, then weights") {
      var out = x
      kernels_layer_norm(out, w, nil, nil, 1e-3, &out, w, nil, nil, 2, w)
      kernels_affine(out, w, weight, 0, bias, &out, w, 2, w)
      return out
    }
    #expect(firstDifference(halves, Array(got.prefix(2 * width))) == nil)
  }

  @Test("Soft-max, log-sum-exp and cross-entropy are near their formulas.", arguments: widths)
  func softmax(_ width: Int) throws {
    var numbers = Numbers("softmax \(width)")
    let rows = 3
    let x = numbers.floats(rows * width, scale: 20)
    let targets = [Int32(width - 1), -1, 0]
    let (n, w) = (Int64(rows), Int64(width))
    let got = try sameOnEachPath("soft-max") {
      var out = x
      var sums = [Float](repeating: 0, count: rows)
      var (alone, loss, again) = (sums, sums, sums)
      kernels_softmax(x, w, &out, w, &sums, n, w)
      kernels_log_sum_exp(x, w, &alone, n, w)
      kernels_cross_entropy(x, w, targets, &loss, &again, n, w)
      return out + sums + alone + again + loss
    }
    let sums = got[rows * width..<rows * width + rows]
    #expect(sums.elementsEqual(got[rows * width + rows..<rows * width + 2 * rows]))
    #expect(sums.elementsEqual(got[rows * width + 2 * rows..<rows * width + 3 * rows]))
    for r in 0..<rows {
      let row = x[r * width..<(r + 1) * width].map(Double.init)
      let top = row.max() ?? 0
      let total = row.reduce(0) { $0 + exp($1 - top) }
      for i in 0..<width {
        let value = exp(row[i] - top) / total
        // x - max rounds by at most 40 units, which exp turns into a relative error.
        #expect(abs(Double(got[r * width + i]) - value) <= value * (Double(width / 16) + 60) * 2 * roundoff + 1e-40)
      }
      let logSum = top + log(total)
      #expect(abs(Double(got[rows * width + r]) - logSum) <= 1e-5)
      let loss = targets[r] < 0 ? 0 : logSum - row[Int(targets[r])]
      #expect(abs(Double(got[rows * width + 3 * rows + r]) - loss) <= 1e-5)
    }
  }

  @Test("Elementwise operations are single roundings, at any count and in place.")
  func elements() throws {
    var numbers = Numbers("elements")
    for count in Self.widths {
      let (a, b) = (numbers.floats(count), numbers.floats(count))
      let n = Int64(count)
      let got = try sameOnEachPath("elements") {
        var (sum, difference, product, scaled, fused) = (a, a, a, a, a)
        kernels_add(sum, b, &sum, n)
        kernels_subtract(difference, b, &difference, n)
        kernels_multiply_elements(product, b, &product, n)
        kernels_scale(scaled, 0.3, &scaled, n)
        kernels_add_scaled(fused, 0.3, b, &fused, n)
        return sum + difference + product + scaled + fused
      }
      let expected =
        zip(a, b).map { $0 + $1 } + zip(a, b).map { $0 - $1 } + zip(a, b).map { $0 * $1 } + a.map { $0 * 0.3 }
        + zip(a, b).map { $0.addingProduct(0.3, $1) }
      #expect(firstDifference(got, expected) == nil)
      #expect(Int(kernels_argmax(a, n)) == a.firstIndex(of: a.max() ?? 0))
    }
  }

  @Test("Widening is exact and narrowing rounds to nearest even, on every path.")
  func conversions() throws {
    var numbers = Numbers("conversions")
    let x =
      numbers.floats(77, scale: 100) + [
        0, -0.0, 1e-8, 6e-8, 65504, 70000, .infinity, -.infinity, Float(bitPattern: 71_362), 3.4e38,
      ]
    for type in [KERNELS_F16, KERNELS_BF16] {
      let got = try sameOnEachPath("conversions") {
        var halves = [UInt16](repeating: 0, count: x.count)
        var back = [Float](repeating: 0, count: x.count)
        kernels_narrow(type, x, &halves, Int64(x.count))
        kernels_widen(type, halves, &back, Int64(x.count))
        return back
      }
      for (value, rounded) in zip(x, got) where value.isFinite && rounded.isFinite {
        let digits: Float = type == KERNELS_F16 ? 0x1p-11 : 0x1p-8
        #expect(abs(rounded - value) <= max(abs(value) * digits, type == KERNELS_F16 ? 0x1p-25 : 0x1p-134))
      }
      #expect(got[x.count - 4] == .infinity && got[x.count - 3] == -.infinity)
    }
    #expect(HalfPrecision.bfloat16(1 + 0x1p-8) == 0x3f80 && HalfPrecision.bfloat16(1 + 3 * 0x1p-8) == 0x3f82)
  }
}
