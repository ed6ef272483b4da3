import Dispatch
import Foundation
import Synchronization

/// Ctrl-C, as a question that a run can ask: the first one stops at the next safe point, the second at once.
enum Interrupt {
  private static let count = Atomic<Int>(0)
  private static let source = Mutex<(any DispatchSourceSignal)?>(nil)

  /// How often Ctrl-C was pressed.
  static var presses: Int { count.load(ordering: .relaxed) }

  /// Lets Ctrl-C stop one answer of many, and never the program: whoever answers compares ``presses`` with before.
  static func watchAnswers() {
    install { _ = count.add(1, ordering: .relaxed) }
  }

  /// Begins to watch for Ctrl-C.
  static func watch() -> @Sendable () -> Bool {
    install {
      if count.add(1, ordering: .relaxed).newValue > 1 { Foundation.exit(130) }
      Terminal.note("stopping at the next safe point; press Ctrl-C again to stop at once")
    }
    return { presses > 0 }
  }

  private static func install(_ handler: @escaping @Sendable () -> Void) {
    source.withLock { source in
      guard source == nil else { return }
      signal(SIGINT, SIG_IGN)
      let watcher = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
      watcher.setEventHandler(handler: handler)
      watcher.resume()
      source = watcher
    }
  }
}
