/// 32 elements in 22 bytes: a scale and 5 bits for each.
///
///     scale: float16 | 4 bytes: bit j is the fifth bit of element j |
///     16 bytes: element j in the low half, element j + 16 in the high half
///     element = scale * (q - 16)
enum Q5_0: GGUFBlock {
  static let elementCount = 32
  static let byteCount = 22
  static let scales = 0..<2

  static func decode(_ block: UnsafeRawBufferPointer, into elements: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let fifths = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
    for j in 0..<16 {
      let byte = UInt32(block[6 + j])
      let low = byte & 15 | (fifths >> UInt32(j) & 1) << 4
      let high = byte >> 4 | (fifths >> UInt32(j + 16) & 1) << 4
      elements[j] = Float(Int32(low) - 16) * scale
      elements[j + 16] = Float(Int32(high) - 16) * scale
    }
  }
}
