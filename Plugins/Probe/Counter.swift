import Synchronization

/// Counts what several threads have done.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)

  /// One more; the count with it.
  func increment() -> Int { count.add(1, ordering: .relaxed).newValue }
}
