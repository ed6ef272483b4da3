import Synchronization

/// Finds numbers that are none, or infinite, among weights as they are stored.
public enum FiniteCheck {
  /// The index of an element that is not finite; `nil` if all are, or the type is no floating-point type of at most 32
  /// bits. Which of several it is may vary.
  public static func firstFailure(in bytes: UnsafeRawBufferPointer, type: ElementType) -> Int? {
    switch type {
    // An exponent of ones only is an infinity, or no number.
    case .f32: scan(bytes, mask: UInt32(0x7f80_0000))
    case .bf16: scan(bytes, mask: UInt16(0x7f80))
    case .f16: scan(bytes, mask: UInt16(0x7c00))
    default: nil
    }
  }

  private static func scan<Bits: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ bytes: UnsafeRawBufferPointer, mask: Bits
  ) -> Int? {
    let size = MemoryLayout<Bits>.size
    let found = Mutex<Int?>(nil)
    // Blocks without a failure, which are all of them as a rule, are passed over without a branch for each element.
    let block = 1 << 14
    let blocks = (bytes.count / size + block - 1) / block
    Threads.split(blocks, grain: 64) { range in
      for b in range {
        let (begin, end) = (b * block, min((b + 1) * block, bytes.count / size))
        var failures: Bits = 0
        for i in begin..<end {
          let bits = bytes.loadUnaligned(fromByteOffset: i * size, as: Bits.self)
          failures |= (bits & mask) == mask ? 1 : 0
        }
        guard failures != 0 else { continue }
        let first = (begin..<end).first {
          bytes.loadUnaligned(fromByteOffset: $0 * size, as: Bits.self) & mask == mask
        }
        found.withLock { $0 = min($0 ?? .max, first ?? .max) }
      }
    }
    return found.withLock { $0 }
  }
}

extension Tensor {
  /// The index of the first element that is not finite; `nil` if all are.
  public var firstNotFinite: Int? {
    withUnsafePointer {
      FiniteCheck.firstFailure(in: UnsafeRawBufferPointer(start: $0, count: 4 * count), type: .f32)
    }
  }
}
