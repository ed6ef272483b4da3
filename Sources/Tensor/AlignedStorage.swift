/// A block of memory on a 64-byte boundary, freed with its last owner.
///
/// It is `Sendable` because its owners write only while they hold it alone (`Tensor`, `PackedMatrix`), or disjoint parts of
/// it (buffers of a run).
package final class AlignedStorage: @unchecked Sendable {
  static let alignment = 64

  package let bytes: UnsafeMutableRawBufferPointer

  /// Memory with undefined content.
  package init(byteCount: Int) {
    if byteCount >= LargeBlocks.leastByteCount {
      bytes = LargeBlocks.shared.withLock { $0.take(byteCount) }
    } else {
      bytes = .allocate(byteCount: max(byteCount, 1), alignment: Self.alignment)
    }
  }

  deinit {
    if bytes.count >= LargeBlocks.leastByteCount {
      LargeBlocks.shared.withLock { $0.giveBack(bytes) }
    } else {
      bytes.deallocate()
    }
  }

  var address: UnsafeMutableRawPointer {
    // A buffer that `allocate` returned always has an address.
    bytes.baseAddress.unsafelyUnwrapped
  }

  package var floats: UnsafeMutablePointer<Float> { address.assumingMemoryBound(to: Float.self) }
}
