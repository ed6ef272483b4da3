import Dispatch
import Foundation
import Synchronization

/// Ctrl-C, as a question that a run can ask: the first one stops at the next safe point, the second at once. What runs
/// until it is stopped is stopped by SIGTERM too.
enum Interrupt {
  private static let count = Atomic<Int>(0)
  private static let sources = Mutex<[any DispatchSourceSignal]>([])

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

  /// Calls back with how often it was asked to stop.
  static func watchStops(_ handler: @escaping @Sendable (Int) -> Void) {
    install([SIGINT, SIGTERM]) { handler(count.add(1, ordering: .relaxed).newValue) }
  }

  private static func install(_ signals: [Int32] = [SIGINT], _ handler: @escaping @Sendable () -> Void) {
    sources.withLock { sources in
      guard sources.isEmpty else { return }
      sources = signals.map { number in
        signal(number, SIG_IGN)
        let watcher = DispatchSource.makeSignalSource(signal: number, queue: .global())
        watcher.setEventHandler(handler: handler)
        watcher.resume()
        return watcher
      }
    }
  }
}
