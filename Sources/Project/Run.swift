import Experiment
import Foundation
import Ledger
import Manuscript
import Runner

extension Project {
  /// What became of one experiment's run.
  public struct Run: Sendable {
    /// The experiment's name.
    public let experiment: String
    /// What was found; `nil` if nothing that it reads has changed since it was recorded, so that nothing was looked at.
    public let outcome: Runner.Outcome?
    /// What became of its record; `nil` as above.
    public let recorded: Recorded?
    /// How many cells it has.
    public let cells: Int
    /// What became of its claims; `nil` if it makes none.
    public let verdict: Verdict?
    /// The newest commit when it ended.
    public let commit: CommitID
  }

  /// Runs documents one after the other and commits each one's record to the ledger.
  ///
  /// A document is passed over if nothing that it reads has changed since its record was made. Afterwards the cache is
  /// brought within its limit, and git is asked to pack what has piled up.
  /// - Parameters:
  ///   - paths: the documents; if empty, all that do not run on request alone.
  ///   - overrides: values in place of the documents' own.
  ///   - rerun: run every cell though its results are there.
  ///   - memory: the bytes that a run may take, if there is a limit.
  ///   - sign: whether to sign the commits, by git's configuration.
  ///   - isCancelled: asked often; when it says so the run stops, and keeps what is finished.
  ///   - onFault: told of each entry of the cache that was found damaged; its work is done again.
  ///   - watch: told what happens, with the experiment's name.
  /// - Throws: `Problems` before anything runs; `LedgerError` if nothing could be recorded.
  public func run(
    _ paths: [String] = [], overrides: [String: String] = [:], rerun: Bool = false, memory: Int? = nil,
    sign: Bool = false, isCancelled: @escaping @Sendable () -> Bool = { false },
    onFault: @escaping @Sendable (CacheFault) -> Void = { _ in },
    watch: @escaping @Sendable (String, Event) -> Void = { _, _ in }
  ) throws -> [Run] {
    let ledger = try ledger()
    try ledger.requireRecordable()
    let limit = try cacheLimit()
    let signer = sign ? try ledger.repository.signer() : nil
    let stamps = RunStamps(project: self, ledger: ledger, overrides: overrides)
    let sources = try runnable(paths)
    let unchanged = rerun ? sources.map { _ in nil } : sources.map(stamps.current)
    let changed = zip(sources, unchanged).filter { $1 == nil }.map(\.0)
    var experiments = try experiments(changed, overrides: overrides)[...]
    let runner = Runner(
      shelf: shelf, store: store(onFault: onFault), rerun: rerun, memory: memory, isCancelled: isCancelled)
    defer {
      if !changed.isEmpty {
        if cache.size() > limit.bytes { _ = cache.clear(downTo: limit.bytes) }
        ledger.repository.packIfPiledUp()
      }
    }
    return try zip(sources, unchanged).compactMap { source, stamp in
      if let stamp, let commit = try ledger.head() {
        return Run(
          experiment: source.name, outcome: nil, recorded: nil, cells: stamp.cells, verdict: stamp.verdict,
          commit: commit)
      }
      guard let experiment = experiments.popFirst() else { return nil }
      let start = ContinuousClock.now
      let outcome = try runner.run(experiment) { watch(experiment.name, $0) }
      let recorded = try record(
        outcome.record, observations: outcome.observations, seconds: (ContinuousClock.now - start) / .seconds(1),
        in: ledger, signer: signer)
      try stamps.keep(outcome, of: source)
      return Run(
        experiment: experiment.name, outcome: outcome, recorded: recorded, cells: outcome.record.cells.count,
        verdict: outcome.record.verdict, commit: recorded.commit)
    }
  }

  /// What a run of some documents would do.
  ///
  /// - Throws: `Problems` with everything that is wrong with them.
  public func plan(
    _ paths: [String] = [], overrides: [String: String] = [:], rerun: Bool = false, memory: Int? = nil
  ) throws -> [Plan] {
    let runner = Runner(shelf: shelf, store: store(), rerun: rerun, memory: memory)
    return try experiments(try runnable(paths), overrides: overrides).map { try runner.plan($0) }
  }
}
