import Foundation

/// Waits between attempts: random, so that contenders fall out of step, and longer each time.
struct Backoff {
  private(set) var attempts = 0
  private let start = ContinuousClock.now
  private let patience: Duration

  init(patience: Duration) { self.patience = patience }

  /// Whole seconds since the first attempt.
  var seconds: Int { Int((ContinuousClock.now - start).components.seconds) }

  /// Sleeps before a next attempt; `false` when patience has run out.
  mutating func wait() -> Bool {
    guard ContinuousClock.now - start < patience else { return false }
    attempts += 1
    // Not a random stream of an experiment's: two processes must not draw the same waits.
    let longest = min(0.002 * pow(2, Double(min(attempts, 6))), 0.1)
    Thread.sleep(forTimeInterval: Double.random(in: 0.0005...longest))
    return true
  }
}
