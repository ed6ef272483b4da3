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

extension FiniteCheckTests {
  @Test(
    "Blocks whose scales are not finite are found without decoding them, at the element that decodes to none.",
    arguments: GGUFType.allCases.filter { $0.elementType == nil })
  func blocks(type: GGUFType) throws {
    let scratch = try Scratch()
    let stream = RandomStream(seed: 4, purpose: type.name)
    let count = 200
    let (size, elements) = (type.bytesPerBlock, type.elementsPerBlock)
    // Where float16 numbers lie in a block.
    let scales = type == .q6K ? [208] : [.q40, .q50, .q80].contains(type) ? [0] : [0, 2]
    for (number, wrong) in [0x7c00, 0xfc00, 0x7e00, 0xfc01, 0x7bff, 0xfbff].enumerated() {
      var bytes = (0..<count * size).map { UInt8(truncatingIfNeeded: stream.bits(at: UInt64($0 + number * 100_000))) }
      // The elements of the damaged block are as many zeros as possible: nothing times infinity is not finite either.
      let damaged = 150
      for place in damaged * size..<(damaged + 1) * size where number % 2 == 0 { bytes[place] = 0 }
      for block in 0..<count {
        for (index, place) in scales.enumerated() {
          let bits = block == damaged && index == number % scales.count ? wrong : 0x3c00 + block
          bytes[block * size + place] = UInt8(bits & 255)
          bytes[block * size + place + 1] = UInt8(bits >> 8)
        }
      }
      let path = try scratch.file(
        GGUFBytes(tensors: 1).tensor("w", [UInt64(elements), UInt64(count)], type.rawValue, at: 0).data(bytes))
      let file = try GGUFFile(path: path)
      let found = try file.withBytes("w") { type.firstNotFinite(in: $0) }
      #expect(try found == file.tensor("w").firstNotFinite)
      #expect(found == (number < 4 ? damaged * elements : nil))
    }
  }
}
