import Foundation

/// A block of memory on a 64-byte boundary, freed with its last owner.
///
/// It is `Sendable` because its owners write only while they hold it alone (`Tensor`, `PackedMatrix`), or disjoint parts of
/// it (buffers of a run).
package final class AlignedStorage: @unchecked Sendable {
  static let alignment = 64
  private static let largePage = 2 << 20

  package let bytes: UnsafeMutableRawBufferPointer

  /// Memory with undefined content. Large blocks ask for large pages: a product that streams through them, or writes rows
  /// that lie far apart, then seldom waits for an address.
  package init(byteCount: Int) {
    guard byteCount >= 2 * Self.largePage else {
      bytes = .allocate(byteCount: max(byteCount, 1), alignment: Self.alignment)
      return
    }
    bytes = .allocate(byteCount: byteCount, alignment: Self.largePage)
    #if os(Linux)
      madvise(bytes.baseAddress, byteCount, MADV_HUGEPAGE)
    #endif
  }

  deinit { bytes.deallocate() }

  var address: UnsafeMutableRawPointer {
    // A buffer that `allocate` returned always has an address.
    bytes.baseAddress.unsafelyUnwrapped
  }

  package var floats: UnsafeMutablePointer<Float> { address.assumingMemoryBound(to: Float.self) }
}
