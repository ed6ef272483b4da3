/// 32 elements in 24 bytes: a scale, the least element, and 5 bits for each.
///
///     scale: float16 | least: float16 | 4 bytes: bit j is the fifth bit of element j |
///     16 bytes: element j in the low half, element j + 16 in the high half
///     element = scale * q + least
enum Q5_1: GGUFBlock {
  static let elementCount = 32
  static let byteCount = 24
  static let scales = 0..<4

  static func decode(_ block: UnsafeRawBufferPointer, into elements: UnsafeMutablePointer<Float>) {
    let (scale, least) = (half(block, at: 0), half(block, at: 2))
    let fifths = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    for j in 0..<16 {
      let byte = UInt32(block[8 + j])
      let low = byte & 15 | (fifths >> UInt32(j) & 1) << 4
      let high = byte >> 4 | (fifths >> UInt32(j + 16) & 1) << 4
      elements[j] = Float(Int32(low)) * scale + least
      elements[j + 16] = Float(Int32(high)) * scale + least
    }
  }
}
