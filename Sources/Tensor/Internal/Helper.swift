import Foundation
import Kernels
import Synchronization

/// Takes shares of loops that others begin: a thread that does nothing else, for as long as the process lives, or the
/// caller of a loop while it waits for those who help with it.
///
/// Loops follow one another within microseconds, as the products of a block do, so a helper looks out for the next one a
/// while before it sleeps: to be woken takes longer than many a loop.
final class Helper: Sendable {
  /// How often to look before going to sleep: some tens of microseconds.
  static let patience = 1_000

  private struct Pool {
    /// Threads that have nothing to do, the last to have worked at the end; and how many there are in all.
    var idle: [Helper] = []
    var all = 0
    /// Callers who wait, each for the end of its loop. They help those alone who work on that loop: anything else may
    /// take longer than it, or need what the caller holds.
    var callers: [(caller: Helper, loop: ObjectIdentifier, isFree: Bool)] = []
  }
  private static let pool = Mutex(Pool())

  /// What it is to help with next; and whether there is such a loop, to look at without the lock.
  private let given = Mutex<SharedLoop?>(nil)
  private let isGiven = Atomic<Bool>(false)
  private let isAsleep = Atomic<Bool>(false)
  private let alarm = DispatchSemaphore(value: 0)

  /// Takes helpers that nobody has, as many as leave this process with no more than so many threads at work.
  static func take(_ wanted: Int, ofThreads threads: Int) -> [Helper] {
    guard wanted > 0 else { return [] }
    return pool.withLock { pool in
      var taken: [Helper] = []
      if let loop = SharedLoop.helped, let caller = pool.callers.firstIndex(where: { $0.loop == loop && $0.isFree }) {
        pool.callers[caller].isFree = false
        taken.append(pool.callers[caller].caller)
      }
      let count = min(wanted - taken.count, threads - 1 - (pool.all - pool.idle.count))
      guard count > 0 else { return taken }
      let idle = pool.idle.suffix(count)
      pool.idle.removeLast(idle.count)
      let new = (idle.count..<count).map { _ in thread() }
      pool.all += new.count
      return taken + idle + new
    }
  }

  /// A helper with a thread of its own.
  private static func thread() -> Helper {
    let helper = Helper()
    let thread = Thread {
      while true { helper.wait(unless: { false })?.run(by: helper) }
    }
    // The matrix kernel packs rows on the stack, and loops nest.
    thread.stackSize = 8 << 20
    thread.start()
    return helper
  }

  /// Is free for others.
  func rest() {
    Self.pool.withLock { pool in
      if let caller = pool.callers.firstIndex(where: { $0.caller === self }) {
        pool.callers[caller].isFree = true
      } else {
        pool.idle.append(self)
      }
    }
  }

  func give(_ loop: SharedLoop) {
    given.withLock { given in
      given = loop
      isGiven.store(true, ordering: .sequentiallyConsistent)
    }
    wake()
  }

  /// Takes a loop back, if the helper has not begun with it.
  func takeBack(_ loop: SharedLoop) -> Bool {
    given.withLock { given in
      guard given === loop else { return false }
      given = nil
      isGiven.store(false, ordering: .relaxed)
      return true
    }
  }

  /// Makes it look up, should it sleep.
  func wake() {
    if isAsleep.load(ordering: .sequentiallyConsistent) { alarm.signal() }
  }

  /// As the caller of a loop, helps those who still work on it until it is over: who makes it so wakes the caller.
  func help(with loop: SharedLoop, until isOver: () -> Bool) {
    Self.pool.withLock { $0.callers.append((self, ObjectIdentifier(loop), true)) }
    while let inner = wait(unless: isOver) { inner.run(by: self) }
    Self.pool.withLock { $0.callers.removeAll { $0.caller === self } }
  }

  /// The loop that it is given next; none once that is over which it waits for.
  private func wait(unless isOver: () -> Bool) -> SharedLoop? {
    while true {
      for _ in 0..<Self.patience {
        if isGiven.load(ordering: .relaxed), let loop = takeGiven() { return loop }
        if isOver() { return nil }
        kernels_pause()
      }
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      if !isGiven.load(ordering: .sequentiallyConsistent), !isOver() { alarm.wait() }
      isAsleep.store(false, ordering: .relaxed)
    }
  }

  private func takeGiven() -> SharedLoop? {
    given.withLock { given in
      defer { given = nil }
      isGiven.store(false, ordering: .relaxed)
      return given
    }
  }
}
