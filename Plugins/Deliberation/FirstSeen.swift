import Synchronization

/// When the first token of an answer was seen.
final class FirstSeen: Sendable {
  private let first = Mutex<ContinuousClock.Instant?>(nil)

  /// Marks this moment, if none is marked.
  func mark() {
    first.withLock { first in
      if first == nil { first = .now }
    }
  }

  /// The moment; `nil` if nothing was seen.
  var instant: ContinuousClock.Instant? { first.withLock { $0 } }
}
