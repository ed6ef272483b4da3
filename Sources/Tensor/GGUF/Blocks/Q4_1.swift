/// 32 elements in 20 bytes: a scale, the least element, and 4 bits for each.
///
///     scale: float16 | least: float16 | 16 bytes: element j in the low half, element j + 16 in the high half
///     element = scale * q + least
enum Q4_1: GGUFBlock {
  static let elementCount = 32
  static let byteCount = 20
  static let scales = 0..<4

  static func decode(_ block: UnsafeRawBufferPointer, into elements: UnsafeMutablePointer<Float>) {
    let (scale, least) = (half(block, at: 0), half(block, at: 2))
    for j in 0..<16 {
      let byte = Int32(block[4 + j])
      elements[j] = Float(byte & 15) * scale + least
      elements[j + 16] = Float(byte >> 4) * scale + least
    }
  }
}
