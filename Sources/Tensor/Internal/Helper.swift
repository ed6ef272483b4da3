import Foundation
import Kernels
import Synchronization

/// A thread that waits to be given a share of someone's loop, for as long as the process lives.
///
/// Loops follow one another within microseconds, as the products of a block do, so a helper looks out for the next one a
/// while before it sleeps: to be woken takes longer than many a loop.
final class Helper: Sendable {
  /// The address of a loop that is retained for this helper; 0 of none.
  private let given = Atomic<UInt>(0)
  private let isAsleep = Atomic<Bool>(false)
  private let alarm = DispatchSemaphore(value: 0)

  /// Those that have nothing to do, the last to have worked at the end; and how many there are in all.
  private static let pool = Mutex<(idle: [Helper], all: Int)>(([], 0))

  /// Takes helpers that nobody has, as many as leave this process with no more than so many threads at work.
  static func take(_ wanted: Int, ofThreads threads: Int) -> [Helper] {
    guard wanted > 0 else { return [] }
    return pool.withLock { pool in
      let count = min(wanted, threads - 1 - (pool.all - pool.idle.count))
      guard count > 0 else { return [] }
      let taken = Array(pool.idle.suffix(count))
      pool.idle.removeLast(taken.count)
      let new = (taken.count..<count).map { _ in Helper() }
      pool.all += new.count
      return taken + new
    }
  }

  private init() {
    let thread = Thread { [self] in
      while true { wait().run(by: self) }
    }
    // The matrix kernel packs rows on the stack, and loops nest.
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Is free for others.
  func rest() { Self.pool.withLock { $0.idle.append(self) } }

  func give(_ loop: SharedLoop) {
    given.store(Self.address(Unmanaged.passRetained(loop)), ordering: .sequentiallyConsistent)
    if isAsleep.load(ordering: .sequentiallyConsistent) { alarm.signal() }
  }

  /// Takes a loop back, if the helper has not begun with it.
  func takeBack(_ loop: SharedLoop) -> Bool {
    let reference = Unmanaged.passUnretained(loop)
    let (isBack, _) = given.compareExchange(
      expected: Self.address(reference), desired: 0, ordering: .acquiringAndReleasing)
    if isBack { reference.release() }
    return isBack
  }

  private static func address(_ loop: Unmanaged<SharedLoop>) -> UInt { UInt(bitPattern: loop.toOpaque()) }

  private func wait() -> SharedLoop {
    while true {
      for _ in 0..<SharedLoop.patience {
        if given.load(ordering: .relaxed) != 0,
          let loop = UnsafeRawPointer(bitPattern: given.exchange(0, ordering: .acquiring))
        {
          return Unmanaged<SharedLoop>.fromOpaque(loop).takeRetainedValue()
        }
        kernels_pause()
      }
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      if given.load(ordering: .sequentiallyConsistent) == 0 { alarm.wait() }
      isAsleep.store(false, ordering: .relaxed)
    }
  }
}
