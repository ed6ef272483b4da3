/// 256 elements in 176 bytes: eight groups of 32 with a scale and an offset each, and 5 bits for each element.
///
///     scale: float16 | offset: float16 | 12 bytes of `SixBitScales` |
///     32 bytes: bit g of byte j is the fifth bit of element j of group g |
///     4 times 32 bytes: element j of group 2 g in the low half, of group 2 g + 1 in the high half
///     element = (scale * group's scale) * q - (offset * group's offset)
enum Q5_K: GGUFBlock {
  static let elementCount = 256
  static let byteCount = 176
  static let scales = 0..<4

  static func decode(_ block: UnsafeRawBufferPointer, into elements: UnsafeMutablePointer<Float>) {
    let (blockScale, blockOffset) = (half(block, at: 0), half(block, at: 2))
    let scales = SixBitScales(block)
    for group in 0..<8 {
      let part = scales[group]
      let (scale, offset) = (blockScale * part.scale, blockOffset * part.offset)
      let bytes = 48 + group / 2 * 32
      let shift = UInt8(group % 2 * 4)
      for j in 0..<32 {
        let q = block[bytes + j] >> shift & 15 | (block[16 + j] >> UInt8(group) & 1) << 4
        elements[group * 32 + j] = scale * Float(q) - offset
      }
    }
  }
}
