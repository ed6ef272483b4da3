/// 256 elements in 210 bytes: sixteen groups of 16 with a scale each, and 6 bits for each element.
///
///     128 bytes: the low 4 bits | 64 bytes: the high 2 bits | 16 signed bytes: the groups' scales | scale: float16
///     element = (scale * group's scale) * (q - 32)
///
/// Each half of 128 elements has 64 bytes of low and 32 bytes of high bits. Of its four runs of 32 elements, runs 0 and
/// 1 are the low halves of the first and the second 32 bytes, runs 2 and 3 their high halves; run r's high bits are
/// bits 2 r and 2 r + 1.
enum Q6_K: GGUFBlock {
  static let elementCount = 256
  static let byteCount = 210
  static let scales = 208..<210

  static func decode(_ block: UnsafeRawBufferPointer, into elements: UnsafeMutablePointer<Float>) {
    let blockScale = half(block, at: 208)
    for group in 0..<16 {
      let scale = blockScale * Float(Int8(bitPattern: block[192 + group]))
      let (side, run, begin) = (group / 8, group / 2 % 4, group % 2 * 16)
      let low = side * 64 + run % 2 * 32 + begin
      let high = 128 + side * 32 + begin
      let (lowShift, highShift) = (UInt8(run / 2 * 4), UInt8(run * 2))
      for j in 0..<16 {
        let q = block[low + j] >> lowShift & 15 | (block[high + j] >> highShift & 3) << 4
        elements[group * 16 + j] = scale * Float(Int32(q) - 32)
      }
    }
  }
}
