/// 32 elements in 34 bytes: a scale and 8 bits for each.
///
///     scale: float16 | 32 signed bytes
///     element = scale * q
enum Q8_0: GGUFBlock {
  static let elementCount = 32
  static let byteCount = 34
  static let scales = 0..<2

  static func decode(_ block: UnsafeRawBufferPointer, into elements: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    for j in 0..<32 {
      elements[j] = Float(Int8(bitPattern: block[2 + j])) * scale
    }
  }
}
