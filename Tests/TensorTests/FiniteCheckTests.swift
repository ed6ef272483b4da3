import Tensor
import Testing

@Suite("Finite weights")
struct FiniteCheckTests {
  @Test(
    "The first number that is none is found, wherever it stands, in every type.",
    arguments: [0, 15, 16, 16_383, 16_384, 70_000])
  func planted(index: Int) {
    let count = 70_001
    func check<Bits: FixedWidthInteger>(_ type: ElementType, _ plain: Bits, _ wrong: [Bits]) {
      var values = Array(repeating: plain, count: count)
      #expect(values.withUnsafeBytes { FiniteCheck.firstFailure(in: $0, type: type) } == nil)
      for bits in wrong {
        values[index] = bits
        values[count - 1] = bits
        #expect(values.withUnsafeBytes { FiniteCheck.firstFailure(in: $0, type: type) } == index)
        values[count - 1] = plain
      }
    }
    check(.f32, Float.greatestFiniteMagnitude.bitPattern, [Float.nan.bitPattern, (-Float.infinity).bitPattern])
    check(.bf16, UInt16(0x7f7f), [UInt16(0x7fc0), 0xff80])
    check(.f16, UInt16(0x7bff), [UInt16(0x7e00), 0xfc00])
  }
}
