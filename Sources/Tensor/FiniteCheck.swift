import Kernels
import Synchronization

/// Finds numbers that are none, or infinite, among weights as they are stored.
public enum FiniteCheck {
  /// The index of the first element that is not finite; `nil` if all are, or the type is no floating-point type of at
  /// most 32 bits.
  public static func firstFailure(in bytes: UnsafeRawBufferPointer, type: ElementType) -> Int? {
    guard let kernelType = type.kernelType, let base = bytes.baseAddress else { return nil }
    // Blocks without a failure, which are all of them as a rule, are passed over as a whole.
    let count = bytes.count / type.byteCount
    let block = 1 << 14
    func isFinite(_ range: Range<Int>) -> Bool {
      kernels_finite(kernelType, base + range.lowerBound * type.byteCount, Int64(range.count))
    }
    let failing = Mutex<Int?>(nil)
    Threads.split((count + block - 1) / block, grain: 32) { blocks in
      for index in blocks where !isFinite(index * block..<min(count, (index + 1) * block)) {
        failing.withLock { $0 = min($0 ?? .max, index) }
        return
      }
    }
    return failing.withLock { $0 }.flatMap { index in
      (index * block..<min(count, (index + 1) * block)).first { !isFinite($0..<$0 + 1) }
    }
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
