import Synchronization

/// Whether an answer is still wanted, and if not, why.
final class Watch: Sendable {
  /// Why nobody wants it.
  enum Ending: Sendable {
    case gone
    case late
    case stopping
  }

  private let connection: Connection
  private let deadline: ContinuousClock.Instant
  private let stopping: Stopping
  private let found = Mutex<Ending?>(nil)
  private let hasTurn = Atomic(false)

  init(_ connection: Connection, until deadline: ContinuousClock.Instant, _ stopping: Stopping) {
    (self.connection, self.deadline, self.stopping) = (connection, deadline, stopping)
  }

  /// From now on it is computed, so that a service that stops waits for it.
  func begin() { hasTurn.store(true, ordering: .relaxed) }

  /// Why it is no longer wanted; once there is a reason it stays.
  var ending: Ending? {
    found.withLock { found in
      if found == nil { found = reason }
      return found
    }
  }

  /// Whether somebody asked and was told that it is no longer wanted: an answer that was complete before is one.
  var stoppedIt: Bool { found.withLock { $0 != nil } }

  private var reason: Ending? {
    if connection.isGone { return .gone }
    if ContinuousClock.now >= deadline { return .late }
    return stopping.endsAnswers(running: hasTurn.load(ordering: .relaxed)) ? .stopping : nil
  }
}

/// Whether the service stops, and until when answers may go on.
final class Stopping: Sendable {
  private let end = Mutex<ContinuousClock.Instant?>(nil)

  /// Whether it stops.
  var hasBegun: Bool { end.withLock { $0 != nil } }

  /// Begins to stop; a second call can only shorten the time that is left.
  func begin(grace: Duration) {
    let now = ContinuousClock.now + grace
    end.withLock { end in end = end.map { min($0, now) } ?? now }
  }

  func endsAnswers(running: Bool) -> Bool {
    end.withLock { end in end.map { !running || ContinuousClock.now >= $0 } ?? false }
  }
}
