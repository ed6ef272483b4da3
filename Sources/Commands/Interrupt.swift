import Dispatch
import Foundation
import Synchronization

/// Ctrl-C, as a question that a run can ask: the first one stops at the next safe point, the second at once.
enum Interrupt {
  private static let count = Atomic<Int>(0)
  private static let source = Mutex<(any DispatchSourceSignal)?>(nil)

  /// Begins to watch for Ctrl-C.
  static func watch() -> @Sendable () -> Bool {
    source.withLock { source in
      guard source == nil else { return }
      signal(SIGINT, SIG_IGN)
      let watcher = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
      watcher.setEventHandler {
        if count.add(1, ordering: .relaxed).newValue > 1 { Foundation.exit(130) }
        Terminal.note("stopping at the next safe point; press Ctrl-C again to stop at once")
      }
      watcher.resume()
      source = watcher
    }
    return { count.load(ordering: .relaxed) > 0 }
  }
}
