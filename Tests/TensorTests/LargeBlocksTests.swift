import Tensor
import Testing

@Suite("Large blocks of memory")
struct LargeBlocksTests {
  private let size = LargeBlocks.leastByteCount

  @Test("A block given back is handed out to whoever asks for just as much, as it was left.")
  func again() {
    var blocks = LargeBlocks()
    let (first, second) = (blocks.take(size), blocks.take(size + 64))
    first[size - 1] = 7
    blocks.giveBack(first)
    blocks.giveBack(second)
    let again = blocks.take(size)
    #expect(again.baseAddress == first.baseAddress && again.count == size && again[size - 1] == 7)
    #expect(blocks.kept.count == 1 && blocks.kept.first?.baseAddress == second.baseAddress)
    again.deallocate()
    second.deallocate()
  }

  @Test("What is kept is freed before another block is allocated, so that the two are never held together.")
  func noMoreThanOwned() {
    var blocks = LargeBlocks()
    for block in (0..<3).map({ blocks.take(size + 64 * $0) }) { blocks.giveBack(block) }
    #expect(blocks.kept.count == 3)
    let other = blocks.take(size + 1_024)
    #expect(blocks.kept.isEmpty && other.count == size + 1_024)
    other.deallocate()
  }

  @Test("A tensor of zeros is one in memory that held something else.")
  func zeros() {
    let shape = [2, size / 4]
    for _ in 0..<3 {
      #expect(Tensor(zeros: shape).values.allSatisfy { $0 == 0 })
      #expect(Tensor(repeating: .nan, shape).values.allSatisfy { $0.isNaN })
    }
  }
}
