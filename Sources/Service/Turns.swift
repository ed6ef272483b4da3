import Dispatch
import Synchronization

/// Who may compute, and who waits: so many at a time, the others in the order in which they came.
final class Turns: Sendable {
  /// A place in the line.
  private final class Ticket: Sendable {
    let called = DispatchSemaphore(value: 0)
  }

  private struct State {
    var free: Int
    var line: [Ticket] = []
    /// How long a turn takes, of late.
    var usual = Duration.seconds(1)
  }

  private let concurrent: Int
  private let most: Int
  private let state: Mutex<State>

  init(concurrent: Int, most: Int) {
    (self.concurrent, self.most) = (concurrent, most)
    state = Mutex(State(free: concurrent))
  }

  /// How many wait.
  var waiting: Int { state.withLock { $0.line.count } }
  /// How many compute.
  var running: Int { state.withLock { concurrent - $0.free } }

  /// Waits for a turn, and takes it.
  ///
  /// - Parameter isWanted: asked while it waits.
  /// - Returns: whether the turn came before nobody wanted it any more.
  /// - Throws: ``Refusal`` at once if too many wait.
  func take(while isWanted: () -> Bool) throws(Refusal) -> Bool {
    let ticket = try state.withLock { state throws(Refusal) -> Ticket? in
      if state.free > 0 {
        state.free -= 1
        return nil
      }
      guard state.line.count < most else {
        let turns = Double(state.line.count / concurrent + 1)
        throw .full(
          state.line.count, retryAfter: Int(min(60, max(1, (state.usual / .seconds(1) * turns).rounded(.up)))))
      }
      let ticket = Ticket()
      state.line.append(ticket)
      return ticket
    }
    guard let ticket else { return true }
    while ticket.called.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
      if isWanted() { continue }
      let hasLeft = state.withLock { state in
        let place = state.line.firstIndex { $0 === ticket }
        place.map { _ = state.line.remove(at: $0) }
        return place != nil
      }
      // The turn may have come just now; then it goes to the next.
      if !hasLeft { pass() }
      return false
    }
    return true
  }

  /// Gives a turn back.
  ///
  /// - Parameter duration: how long it took.
  func give(after duration: Duration) {
    state.withLock { $0.usual = ($0.usual * 7 + duration) / 8 }
    pass()
  }

  private func pass() {
    state.withLock { state in
      if state.line.isEmpty { state.free += 1 } else { state.line.removeFirst().called.signal() }
    }
  }
}
