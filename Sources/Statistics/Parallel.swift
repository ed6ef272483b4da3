import Dispatch
import Foundation
import Synchronization

/// Independent pieces of work on several threads, with the results of one.
public enum Parallel {
  /// `[body(0), body(1), ...]`: the same whatever the number of threads, for a body that depends on its index alone.
  ///
  /// - Parameters:
  ///   - threads: by default as many as the machine has processors.
  ///   - body: called once for each index, in no particular order.
  /// - Throws: the error of the smallest index that failed.
  public static func map<Element: Sendable>(
    _ count: Int, threads: Int? = nil, _ body: @Sendable (Int) throws -> Element
  ) throws -> [Element] {
    let threads = max(1, min(count, threads ?? ProcessInfo.processInfo.activeProcessorCount))
    if threads == 1 { return try (0..<count).map(body) }
    let next = Atomic<Int>(0)
    let results = Mutex([Result<Element, any Error>?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        let result = Result { try body(index) }
        results.withLock { $0[index] = result }
      }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }
}
