import Tensor
import Testing

@Suite("Settings of the whole process")
struct ProcessWideTests {
  @Test("Whoever changes the path or the threads for a while finds them so, and leaves them as they were.")
  func during() async throws {
    // All at once: each would otherwise go back to what another one had set.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<40 {
        group.addTask {
          let path = KernelPath.supported[index % KernelPath.supported.count]
          let found = try path.during { Threads.limited(to: 3 + index) { (KernelPath.current, Threads.count) } }
          #expect(found == (path, 3 + index))
        }
      }
      try await group.waitForAll()
    }
    let (path, count) = try KernelPath.best.during { (KernelPath.current, Threads.limited(to: 7) { Threads.count }) }
    #expect(path == .best && count == 7)
  }
}
