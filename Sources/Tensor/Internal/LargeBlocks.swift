import Foundation
import Synchronization

/// Large blocks of memory, kept when nobody owns them any more for whoever next needs just as much: one run after another
/// asks for the same, and the system clears all that it hands out, which can take a run longer than a layer does.
package struct LargeBlocks: @unchecked Sendable {
  static let shared = Mutex(LargeBlocks())
  private static let page = 2 << 20
  /// From so many bytes on a block is a large one.
  package static let leastByteCount = 2 * page

  /// What nobody owns.
  package private(set) var kept: [UnsafeMutableRawBufferPointer] = []

  package init() {}

  /// A kept block of just this size; or a new one, before which all that is kept is freed: so a process never has more
  /// than what was owned at one time.
  ///
  /// It asks for large pages: a product that streams through the block, or writes rows that lie far apart, then seldom
  /// waits for an address.
  package mutating func take(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
    if let i = kept.lastIndex(where: { $0.count == byteCount }) { return kept.remove(at: i) }
    for block in kept { block.deallocate() }
    kept = []
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: Self.page)
    #if os(Linux)
      madvise(block.baseAddress, byteCount, MADV_HUGEPAGE)
    #endif
    return block
  }

  /// Keeps a block that nobody owns any more. The system may take its pages, should it run out of others.
  package mutating func giveBack(_ block: UnsafeMutableRawBufferPointer) {
    #if os(Linux)
      madvise(block.baseAddress, block.count, MADV_FREE)
    #endif
    kept.append(block)
  }
}
