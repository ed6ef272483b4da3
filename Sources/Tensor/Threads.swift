import Foundation
import Synchronization

/// How many threads this process computes on, and loops that are split over them.
///
/// No result depends on the number: every item of a loop is computed from its own inputs, in its own fixed order.
public enum Threads {
  private static let chosen = Atomic<Int>(0)
  /// Asked for once: the system reads a file to tell it.
  private static let cores = ProcessInfo.processInfo.activeProcessorCount

  /// The number of threads; at first the number of cores. Values below 1 count as 1.
  public static var count: Int {
    get {
      let value = chosen.load(ordering: .relaxed)
      return value > 0 ? value : cores
    }
    set { chosen.store(max(1, newValue), ordering: .relaxed) }
  }

  /// Runs `body` with another number of threads and goes back to the one before. Whoever else asks for that meanwhile
  /// waits.
  public static func limited<R>(to number: Int, _ body: () throws -> R) rethrows -> R {
    processWide.lock()
    defer { processWide.unlock() }
    let before = chosen.load(ordering: .relaxed)
    count = number
    defer { chosen.store(before, ordering: .relaxed) }
    return try body()
  }

  /// Runs `body` on disjoint ranges that together cover `0..<count`, on up to `Threads.count` threads, and returns when
  /// all are done. With one thread, or too little work, it is one plain call.
  ///
  /// Loops nest: within a loop that keeps every thread busy an inner one is a plain call, and when the outer one runs
  /// out of work, the threads that have none share the inner loops of those that still do.
  ///
  /// - Parameters:
  ///   - count: how many items there are.
  ///   - grain: the fewest items worth a range of their own.
  ///   - pieces: ranges for each thread; more of them even out items of unlike cost.
  ///   - body: what to do with a range. It runs on several threads at once, so it must only write what belongs to the
  ///     items of its range.
  public static func split(_ count: Int, grain: Int = 1, pieces: Int = 4, _ body: (Range<Int>) -> Void) {
    guard count > 0 else { return }
    let most = max(1, count / max(1, grain))
    let helpers = Helper.take(min(self.count, most) - 1, ofThreads: self.count)
    guard !helpers.isEmpty else { return body(0..<count) }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in
        SharedLoop(count, ranges: min((helpers.count + 1) * max(1, pieces), most), body).run(with: helpers)
      }
    }
  }

  /// Calls `body` on up to `threads` threads at once, each time with a function that gives the next item of `0..<count` which
  /// no thread has taken, and nil once there is none: a thread can keep what it works with from item to item.
  ///
  /// - Parameters:
  ///   - count: how many items there are.
  ///   - threads: how many take items, if there are so many.
  ///   - body: takes items until there are none. No result may depend on which ones it is given.
  public static func share(_ count: Int, by threads: Int = .max, _ body: (_ next: () -> Int?) -> Void) {
    let taken = Atomic(0)
    split(min(self.count, threads, count), pieces: 1) { _ in
      body {
        let item = taken.add(1, ordering: .relaxed).oldValue
        return item < count ? item : nil
      }
    }
  }

  /// `[body(0), body(1), ...]`: the same whatever the number of threads, for a body that depends on its item alone.
  ///
  /// - Parameters:
  ///   - count: how many items there are.
  ///   - body: called once for each item, in no particular order.
  /// - Throws: the error of the first item that failed, all having been tried.
  public static func map<Element: Sendable, Failure: Error>(
    _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Element
  ) throws(Failure) -> [Element] {
    let results = Mutex([Result<Element, Failure>?](repeating: nil, count: count))
    share(count) { next in
      while let item = next() {
        let result = Result { () throws(Failure) in try body(item) }
        results.withLock { $0[item] = result }
      }
    }
    var elements: [Element] = []
    for case let result? in results.withLock({ $0 }) { elements.append(try result.get()) }
    return elements
  }
}
