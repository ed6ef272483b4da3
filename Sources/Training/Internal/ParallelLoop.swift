import Synchronization
import Tensor

/// A loop over independent tasks, taken one after the other by whichever thread is free. Tasks must write to places of
/// their own, so that neither the number of threads nor who does what can show in a result.
struct ParallelLoop: Sendable {
  /// How many threads work at most, at least one: no more than ``Threads/count``.
  let threads: Int

  init(threads: Int) {
    self.threads = max(1, threads)
  }

  /// Does `body(task, thread)` for every task in `0 ..< tasks`; threads are numbered `0 ..< threads`, so that each can
  /// have scratch memory of its own.
  func run(_ tasks: Int, _ body: (_ task: Int, _ thread: Int) -> Void) {
    let begun = Atomic(0)
    Threads.share(tasks, by: threads) { next in
      let thread = begun.add(1, ordering: .relaxed).oldValue
      while let task = next() { body(task, thread) }
    }
  }

  /// Does `body(range)` for pieces of `0 ..< count` of at most `grain`.
  func run(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    run((count + grain - 1) / grain) { task, _ in
      body(task * grain..<min(count, (task + 1) * grain))
    }
  }
}
