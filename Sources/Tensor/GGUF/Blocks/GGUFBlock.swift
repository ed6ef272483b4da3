import Synchronization

/// A way to keep a fixed number of elements in a fixed number of bytes: small whole numbers, and scales for them.
///
/// Each format has a file of its own, which tells where the bits lie. Its arithmetic is that of ggml's reference
/// (`dequantize_row_*` in ggml-quants.c), operation for operation: products and sums are rounded one by one, never
/// fused.
protocol GGUFBlock {
  /// Elements of a block.
  static var elementCount: Int { get }
  /// Bytes of a block.
  static var byteCount: Int { get }
  /// The bytes of a block that hold its float16 numbers.
  static var scales: Range<Int> { get }

  /// Writes the elements of one block.
  ///
  /// - Parameters:
  ///   - block: `byteCount` bytes, at any alignment.
  ///   - elements: room for `elementCount` numbers.
  static func decode(_ block: UnsafeRawBufferPointer, into elements: UnsafeMutablePointer<Float>)
}

extension GGUFBlock {
  /// Writes the elements of blocks that lie one after the other.
  static func decodeAll(_ blocks: UnsafeRawBufferPointer, into elements: UnsafeMutablePointer<Float>) {
    // Below about 65,000 elements a second thread costs more than it saves.
    Threads.split(blocks.count / byteCount, grain: 65_536 / elementCount) { range in
      for index in range {
        let begin = index * byteCount
        decode(
          UnsafeRawBufferPointer(rebasing: blocks[begin..<begin + byteCount]), into: elements + index * elementCount)
      }
    }
  }

  /// The index of the first element that is not finite, of blocks that lie one after the other; `nil` if all are.
  ///
  /// Every element of a block is a sum or difference of products with each of its float16 numbers. Such a product is
  /// finite if the number is, since 65504 times 63 times 63 is far below the largest float32, and no product of an
  /// infinity or NaN is, not even with 0. So a block's elements are all finite or none is, and its float16 numbers tell.
  static func firstNotFinite(in blocks: UnsafeRawBufferPointer) -> Int? {
    let first = Mutex<Int?>(nil)
    Threads.split(blocks.count / byteCount, grain: 65_536 / elementCount * 8) { range in
      for index in range {
        for place in stride(
          from: index * byteCount + scales.lowerBound, to: index * byteCount + scales.upperBound, by: 2)
        where UInt16(littleEndian: blocks.loadUnaligned(fromByteOffset: place, as: UInt16.self)) & 0x7c00 == 0x7c00 {
          return first.withLock { $0 = min($0 ?? .max, index * elementCount) }
        }
      }
    }
    return first.withLock { $0 }
  }

  /// The float16 number at a byte of a block, widened.
  @inline(__always)
  static func half(_ block: UnsafeRawBufferPointer, at byte: Int) -> Float {
    let bits = UInt32(UInt16(littleEndian: block.loadUnaligned(fromByteOffset: byte, as: UInt16.self)))
    let (sign, magnitude) = ((bits & 0x8000) << 16, (bits & 0x7fff) << 13)
    // Infinities and NaN have all bits of the exponent set, in either type.
    if magnitude >= 0x7c00 << 13 { return Float(bitPattern: sign | 0x7f80_0000 | magnitude) }
    // The exponents' biases differ by 127 - 15 = 112. The product is exact, for subnormal numbers too.
    let value = Float(bitPattern: magnitude) * 0x1p112
    return Float(bitPattern: value.bitPattern | sign)
  }
}
