import Foundation
import Kernels
import Tensor
import Testing

@Suite("Rotary positions")
struct RotaryTests {
  func table(_ frequencies: [Double], first: Int, count: Int, scale: Double = 1, single: Bool) -> ([Float], [Float]) {
    var cosine = [Float](repeating: 0, count: count * frequencies.count)
    var sine = cosine
    kernels_rotary_table(
      frequencies, Int64(frequencies.count), Int64(first), Int64(count), scale, single, &cosine, &sine)
    return (cosine, sine)
  }

  func frequencies(_ width: Int) -> [Double] { (0..<width / 2).map { pow(10_000, -2 * Double($0) / Double(width)) } }

  @Test("The tables are the rounded cosine and sine of position times frequency.")
  func tables() {
    let frequencies = frequencies(32)
    for single in [false, true] {
      let (cosine, sine) = table(frequencies, first: 5, count: 3000, scale: 1.25, single: single)
      for i in stride(from: 0, to: 3000, by: 7) {
        for f in 0..<16 {
          let angle =
            single ? Double(Float(i + 5) * Float(frequencies[f])) : Double(i + 5) * frequencies[f]
          #expect(abs(Double(cosine[i * 16 + f]) - 1.25 * cos(angle)) <= 0x1p-24)
          #expect(abs(Double(sine[i * 16 + f]) - 1.25 * sin(angle)) <= 0x1p-24)
        }
      }
    }
  }

  @Test("A table does not depend on where it begins.")
  func ranges() {
    let whole = table(frequencies(8), first: 0, count: 100, single: true)
    let part = table(frequencies(8), first: 60, count: 40, single: true)
    #expect(firstDifference(part.0, Array(whole.0[240...])) == nil)
    #expect(firstDifference(part.1, Array(whole.1[240...])) == nil)
  }

  @Test("Heads turn by their row's position, in place or not; what is not rotary stays; turning back undoes it.")
  func turning() throws {
    var numbers = Numbers("rotary")
    for (headWidth, rotaryWidth) in [(16, 16), (64, 64), (20, 12), (128, 32), (6, 2), (8, 0)] {
      let (rows, heads, half) = (5, 3, rotaryWidth / 2)
      let (cosine, sine) = table(frequencies(max(rotaryWidth, 1)), first: 0, count: 50, single: false)
      let positions = (0..<rows).map { _ in Int32(numbers.int(0...49)) }
      let x = numbers.floats(rows * heads * headWidth)
      let stride = Int64(heads * headWidth)
      func turn(_ x: [Float], inverse: Bool, inPlace: Bool) -> [Float] {
        var out = inPlace ? x : [Float](repeating: .nan, count: x.count)
        if inPlace {
          kernels_rotary(
            out, stride, positions, cosine, sine, inverse, &out, stride, Int64(rows), Int64(heads), Int64(headWidth),
            Int64(rotaryWidth))
        } else {
          kernels_rotary(
            x, stride, positions, cosine, sine, inverse, &out, stride, Int64(rows), Int64(heads), Int64(headWidth),
            Int64(rotaryWidth))
        }
        return out
      }
      let got = try sameOnEachPath("rotary") { turn(x, inverse: false, inPlace: false) }
      #expect(firstDifference(got, turn(x, inverse: false, inPlace: true)) == nil)
      for r in 0..<rows {
        for h in 0..<heads {
          let at = (r * heads + h) * headWidth
          for i in 0..<half {
            let (a, b) = (Double(x[at + i]), Double(x[at + half + i]))
            let place = Int(positions[r]) * half + i
            let (c, s) = (Double(cosine[place]), Double(sine[place]))
            #expect(abs(Double(got[at + i]) - (a * c - b * s)) <= 4 * roundoff)
            #expect(abs(Double(got[at + half + i]) - (b * c + a * s)) <= 4 * roundoff)
          }
          #expect(got[at + rotaryWidth..<at + headWidth] == x[at + rotaryWidth..<at + headWidth])
        }
      }
      let back = try sameOnEachPath("rotary, back") { turn(got, inverse: true, inPlace: false) }
      for i in x.indices { #expect(abs(back[i] - x[i]) <= 1e-6) }
    }
  }
}
