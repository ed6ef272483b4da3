/// 32 elements in 18 bytes: a scale and 4 bits for each.
///
///     scale: float16 | 16 bytes: element j in the low half, element j + 16 in the high half
///     element = scale * (q - 8)
enum Q4_0: GGUFBlock {
  static let elementCount = 32
  static let byteCount = 18
  static let scales = 0..<2

  static func decode(_ block: UnsafeRawBufferPointer, into elements: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    for j in 0..<16 {
      let byte = Int32(block[2 + j])
      elements[j] = Float((byte & 15) - 8) * scale
      elements[j + 16] = Float((byte >> 4) - 8) * scale
    }
  }
}
