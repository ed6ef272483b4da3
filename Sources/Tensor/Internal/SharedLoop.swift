import Dispatch
import Kernels
import Synchronization

/// A loop over `0..<count` that several threads take ranges of.
final class SharedLoop: @unchecked Sendable {
  /// How often to look before going to sleep: some tens of microseconds.
  static let patience = 1_000

  private let count: Int
  private let ranges: Int
  // Valid until `run(with:)` returns, which waits for all who call it; nobody writes to it.
  private let body: UnsafePointer<(Range<Int>) -> Void>
  private let next = Atomic<Int>(0)
  /// Helpers that are not done.
  private let helping = Atomic<Int>(0)
  private let isCallerAsleep = Atomic<Bool>(false)
  private let alarm = DispatchSemaphore(value: 0)

  /// - Parameter body: does a range; called on several threads at once.
  init(_ count: Int, ranges: Int, _ body: UnsafePointer<(Range<Int>) -> Void>) {
    (self.count, self.ranges, self.body) = (count, ranges, body)
  }

  /// Does the loop together with helpers, who are free afterwards.
  func run(with helpers: [Helper]) {
    helping.store(helpers.count, ordering: .relaxed)
    for helper in helpers { helper.give(self) }
    work()
    for helper in helpers where helper.takeBack(self) {
      helper.rest()
      helping.subtract(1, ordering: .relaxed)
    }
    for _ in 0..<Self.patience {
      if helping.load(ordering: .acquiring) == 0 { return }
      kernels_pause()
    }
    isCallerAsleep.store(true, ordering: .sequentiallyConsistent)
    while helping.load(ordering: .sequentiallyConsistent) > 0 { alarm.wait() }
  }

  /// A helper's part.
  func run(by helper: Helper) {
    work()
    // Free before the loop is over, so that what follows it finds the helper.
    helper.rest()
    helping.subtract(1, ordering: .sequentiallyConsistent)
    if isCallerAsleep.load(ordering: .sequentiallyConsistent) { alarm.signal() }
  }

  private func work() {
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < ranges else { return }
      body.pointee(count * index / ranges..<count * (index + 1) / ranges)
    }
  }
}
