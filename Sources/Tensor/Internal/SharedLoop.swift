import Foundation
import Kernels
import Synchronization

/// A loop over `0..<count` that several threads take ranges of.
final class SharedLoop: @unchecked Sendable {
  private let count: Int
  private let ranges: Int
  // Valid until `run(with:)` returns, which waits for all who call it; nobody writes to it.
  private let body: UnsafePointer<(Range<Int>) -> Void>
  private let next = Atomic<Int>(0)
  /// Helpers that are not done.
  private let helping = Atomic<Int>(0)
  private let caller = Helper()

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
    for _ in 0..<Helper.patience {
      if isOver { return }
      kernels_pause()
    }
    caller.help(with: self, until: { isOver })
  }

  /// The loop that this thread helps with, if it does.
  static var helped: ObjectIdentifier? {
    pthread_getspecific(helpedKey).map { ObjectIdentifier(Unmanaged<SharedLoop>.fromOpaque($0).takeUnretainedValue()) }
  }
  private static let helpedKey = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  private var isOver: Bool { helping.load(ordering: .sequentiallyConsistent) == 0 }

  /// A helper's part.
  func run(by helper: Helper) {
    let before = pthread_getspecific(Self.helpedKey)
    pthread_setspecific(Self.helpedKey, Unmanaged.passUnretained(self).toOpaque())
    work()
    pthread_setspecific(Self.helpedKey, before)
    // Free before the loop is over, so that what follows it finds the helper.
    helper.rest()
    helping.subtract(1, ordering: .sequentiallyConsistent)
    caller.wake()
  }

  private func work() {
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < ranges else { return }
      body.pointee(count * index / ranges..<count * (index + 1) / ranges)
    }
  }
}
