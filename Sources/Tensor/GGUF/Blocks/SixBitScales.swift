/// The scales of the eight groups of 32 elements of a Q4_K or Q5_K block, and what is subtracted from each group:
/// sixteen numbers of 6 bits in 12 bytes.
///
/// Bytes 0 to 3 hold the scales of groups 0 to 3 in their low 6 bits, bytes 4 to 7 the offsets of groups 0 to 3. Bytes
/// 8 to 11 hold the low 4 bits of the scales (low half) and the offsets (high half) of groups 4 to 7, whose high 2 bits
/// are the high bits of bytes 0 to 3 and 4 to 7.
struct SixBitScales {
  private let bytes: UnsafeRawBufferPointer

  /// - Parameters:
  ///   - block: a Q4_K or Q5_K block.
  init(_ block: UnsafeRawBufferPointer) {
    bytes = UnsafeRawBufferPointer(rebasing: block[4..<16])
  }

  /// A group's scale and offset, 0 to 63, to be multiplied with the block's own.
  subscript(group: Int) -> (scale: Float, offset: Float) {
    guard group >= 4 else { return (Float(bytes[group] & 63), Float(bytes[group + 4] & 63)) }
    let low = bytes[group + 4]
    let scale = low & 15 | (bytes[group - 4] & 192) >> 2
    let offset = low >> 4 | (bytes[group] & 192) >> 2
    return (Float(scale), Float(offset))
  }
}
