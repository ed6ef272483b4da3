import Foundation
import Synchronization
import Tensor
import Testing

@Suite("Loops on several threads")
struct ThreadsTests {
  @Test("Every item is done once, however loops nest and however many threads there are.")
  func everyItem() async {
    // Several at once: they take helpers from one another.
    await withTaskGroup(of: Void.self) { group in
      for seed in 0..<24 {
        group.addTask {
          let (outer, inner) = (1 + seed * 7 % 40, 1 + seed * 31 % 900)
          let counts = (0..<outer * inner).map { _ in Counter() }
          func run() {
            Threads.split(outer, pieces: 1 + seed % 3) { rows in
              for row in rows {
                Threads.split(inner, grain: 1 + seed % 4) { columns in
                  for column in columns { counts[row * inner + column].add() }
                }
              }
            }
          }
          if seed.isMultiple(of: 2) { run() } else { Threads.limited(to: 1 + seed % 5, run) }
          #expect(counts.allSatisfy { $0.value == 1 })
        }
      }
    }
  }

  @Test("Loops that follow at once leave those alone who are slow to leave the one before.")
  func short() async {
    // More threads than processors: some are stopped between their last item and the end of the loop.
    let sums = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let sum = Counter()
          for _ in 0..<20_000 { Threads.split(2, pieces: 1) { sum.add($0.count) } }
          return sum.value
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums == Array(repeating: 40_000, count: 8))
  }

  @Test("No more threads than were asked for work at the same time.")
  func noMore() {
    let working = Counter()
    let most = Mutex(0)
    Threads.limited(to: 3) {
      Threads.split(64, pieces: 64) { _ in
        Threads.split(8) { _ in
          let now = working.add()
          most.withLock { $0 = max($0, now) }
          usleep(200)
          working.subtract()
        }
      }
    }
    #expect((1...3).contains(most.withLock { $0 }))
  }

  @Test("Items that threads share are taken once each, and what is made of them stands in their order.")
  func sharedItems() {
    for threads in 1...5 {
      Threads.limited(to: threads) {
        let taken = Mutex([Int]())
        let callers = Counter()
        Threads.share(70, by: 3) { next in
          callers.add()
          while let item = next() { taken.withLock { $0.append(item) } }
        }
        #expect(taken.withLock { $0.sorted() } == Array(0..<70))
        #expect((1...min(3, threads)).contains(callers.value))
        #expect(Threads.map(70) { $0 * $0 } == (0..<70).map { $0 * $0 })
      }
    }
    Threads.share(0) { _ in Issue.record("nothing to share") }
    #expect(Threads.map(0) { $0 } == [])
  }

  @Test("Of several items that fail the first is reported.")
  func firstError() {
    struct Failed: Error, Equatable { let item: Int }
    #expect(throws: Failed(item: 4)) {
      try Threads.limited(to: 4) {
        try Threads.map(20) { item in
          if item >= 4 { throw Failed(item: item) }
          return item
        }
      }
    }
  }

  @Test("A thread that has run out of work shares the inner loop of one that has not.", arguments: [true, false])
  func shares(callerRunsOut: Bool) {
    // Others may hold the helpers for a moment, so it is tried more than once.
    let isShared = Threads.limited(to: 2) {
      (0..<20).contains { _ in
        let caller = Thread.current
        let isShared = Mutex(false)
        let begun = Counter()
        Threads.split(2, pieces: 1) { _ in
          begun.add()
          // One thread each.
          for _ in 0..<2_000 where begun.value < 2 { usleep(1) }
          guard begun.value == 2, (Thread.current === caller) != callerRunsOut else { return }
          // Until the other one is free.
          for _ in 0..<20 where !isShared.withLock({ $0 }) {
            usleep(500)
            let arrived = Counter()
            Threads.split(2, pieces: 1) { _ in
              arrived.add()
              for _ in 0..<2_000 where arrived.value < 2 { usleep(1) }
              if arrived.value == 2 { isShared.withLock { $0 = true } }
            }
          }
        }
        return isShared.withLock { $0 }
      }
    }
    #expect(isShared)
  }
}

/// A number that several threads change.
private final class Counter: Sendable {
  private let number = Atomic<Int>(0)
  var value: Int { number.load(ordering: .sequentiallyConsistent) }
  @discardableResult func add(_ more: Int = 1) -> Int { number.add(more, ordering: .sequentiallyConsistent).newValue }
  func subtract() { number.subtract(1, ordering: .sequentiallyConsistent) }
}
