import Experiment
import Foundation
import Ledger
import Manuscript
import Runner
import Site
import Tensor

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
  /// A document is passed over if nothing that it reads has changed since its record was made.
  /// - Parameters:
  ///   - paths: the documents; all if empty.
  ///   - overrides: values in place of the documents' own.
  ///   - rerun: run every cell though its results are there.
  ///   - memory: the bytes that a run may take, if there is a limit.
  ///   - isCancelled: asked often; when it says so the run stops, and keeps what is finished.
  ///   - watch: told what happens, with the experiment's name.
  /// - Throws: `Problems` before anything runs; `LedgerError` if nothing could be recorded.
  public func run(
    _ paths: [String] = [], overrides: [String: String] = [:], rerun: Bool = false, memory: Int? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    watch: @escaping @Sendable (String, Event) -> Void = { _, _ in }
  ) throws -> [Run] {
    let ledger = try ledger()
    let stamps = RunStamps(project: self, ledger: ledger, overrides: overrides)
    let sources = try sources(paths)
    let unchanged = rerun ? sources.map { _ in nil } : sources.map(stamps.current)
    let changed = zip(sources, unchanged).filter { $1 == nil }.map(\.0)
    var experiments = try experiments(changed, overrides: overrides)[...]
    let runner = Runner(shelf: shelf, store: store(), rerun: rerun, memory: memory, isCancelled: isCancelled)
    return try zip(sources, unchanged).compactMap { source, stamp in
      if let stamp, let commit = try ledger.head() {
        return Run(
          experiment: source.name, outcome: nil, recorded: nil, cells: stamp.cells, verdict: stamp.verdict,
          commit: commit)
      }
      guard let experiment = experiments.popFirst() else { return nil }
      let start = ContinuousClock.now
      let outcome = try runner.run(experiment) { watch(experiment.name, $0) }
      let before = try ledger.files(experiment: experiment.name).flatMap {
        try? Record(experiment: experiment.name, files: $0)
      }
      let recorded = try ledger.record(
        experiment: experiment.name, files: try outcome.record.files(drawing: SVG.drawing),
        message: message(
          for: outcome.record, after: before, seconds: (ContinuousClock.now - start) / .seconds(1), in: ledger))
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
    return try experiments(paths, overrides: overrides).map { try runner.plan($0) }
  }

  /// The commit message of a record: what changed against the record before, and what may differ between equal runs.
  private func message(for record: Record, after before: Record?, seconds: Double, in ledger: Ledger) -> CommitMessage {
    let source = try? ledger.repository.sourceState(untrackedIn: [root.appending(path: "experiments")])
    let trailers = [
      source?.commit.map { CommitMessage.Trailer("Source-Commit", $0.hex) },
      source.map { CommitMessage.Trailer("Source-Dirty", $0.isDirty ? "yes" : "no") },
      CommitMessage.Trailer("Seconds", String(format: "%.1f", seconds)),
      CommitMessage.Trailer("Host", ProcessInfo.processInfo.hostName),
      CommitMessage.Trailer("Kernel-Path", "\(KernelPath.current)"),
      CommitMessage.Trailer("Threads", "\(Threads.count)"),
    ]
    return CommitMessage(
      subject: ([record.experiment] + Self.headline(of: record, after: before)).joined(separator: ": "),
      body: Self.details(of: record, after: before), trailers: trailers.compactMap { $0 })
  }

  /// The verdict and the first value that moved, in a few words.
  private static func headline(of record: Record, after before: Record?) -> [String] {
    let failures = record.cells.filter { $0.failure != nil }.count
    var parts: [String] = []
    if failures > 0 { parts.append("\(failures) cell\(failures == 1 ? "" : "s") failed") }
    if let verdict = record.verdict {
      let was = before?.verdict
      parts.append(was == nil || was == verdict ? "\(verdict)" : "\(verdict) (was \(was.map { "\($0)" } ?? ""))")
    }
    let old = Dictionary(before?.headline.map { ($0.path, $0.value) } ?? []) { first, _ in first }
    let moved = record.headline.filter { old[$0.path] != $0.value }
    parts += (moved.isEmpty ? Array(record.headline.prefix(1)) : Array(moved.prefix(2))).map { path, value in
      "\(path) \(value.formatted)" + (old[path].map { $0 == value ? "" : " (was \($0.formatted))" } ?? "")
    }
    return parts.isEmpty ? ["recorded"] : [parts.joined(separator: ", ")]
  }

  /// A line for each claim, and for each headline value.
  private static func details(of record: Record, after before: Record?) -> [String] {
    let old = Dictionary(before?.headline.map { ($0.path, $0.value) } ?? []) { first, _ in first }
    let claims = record.claims.map { "\($0.verdict): \($0.label): \($0.says)" }
    let values = record.headline.map { path, value in
      "\(path) = \(value.formatted)" + (old[path].map { $0 == value ? "" : " (was \($0.formatted))" } ?? "")
    }
    let failures = record.cells.compactMap { cell in cell.failure.map { "failed: \(cell.label): \($0)" } }
    return claims + values + failures
  }
}
