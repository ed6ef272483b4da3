import Experiment
import Foundation
import Ledger
import Manuscript
import Runner
import Site
import Tensor

/// What came of running an old record again.
public struct Verification: Sendable, Encodable {
  /// How far the new run and the record agree.
  public enum Outcome: String, Sendable, Encodable, CaseIterable {
    /// Every value is equal, and so is every other byte of the record.
    case equal
    /// Values differ within the tolerance, and the engine or platform is another than the one recorded.
    case within = "within tolerance"
    /// Something differs.
    case different
    /// The inputs are not to be had any more.
    case unverifiable
  }

  /// How far apart two numbers may be, relative to the larger, where the engine or platform is another.
  public static let tolerance = 1e-4

  /// The experiment.
  public let experiment: String
  /// The commit that made the record, in full.
  public let commit: String
  /// What it comes to.
  public let outcome: Outcome
  /// Whether the new run's files are the record's to the byte.
  public let isTreeEqual: Bool
  /// How many values are equal.
  public let equal: Int
  /// The values that differ within the tolerance.
  public let within: [RecordComparison.Moved]
  /// The values that differ.
  public let different: [RecordComparison.Moved]
  /// Verdicts, tables, figures and other parts that differ, by name.
  public let otherParts: [String]
  /// What of the engine or platform is another than what the record has.
  public let platform: [RecordComparison.Change]
  /// What is not to be had.
  public let missing: [MissingInput]
  /// Why the record could not be read or run, if it could not.
  public let reason: String?
}

extension Project {
  /// Which records of the history are to be verified.
  public enum Verified: Hashable, Sendable {
    /// Those that a commit made.
    case commit(String?, experiment: String?)
    /// All, each once.
    case all
    /// So many, drawn by a seed.
    case sample(Int, seed: UInt64)
  }

  /// The records that a choice names, newest first, each tree once: equal trees are equal records.
  ///
  /// - Throws: as ``results(at:)``.
  public func records(_ choice: Verified) throws -> [Recalled] {
    if case .commit(let revision, let experiment) = choice { return try recall(revision, experiment: experiment) }
    let ledger = try ledger()
    guard try ledger.head() != nil else { throw ProjectError.noRecords }
    var seen: Set<String> = []
    var found: [(Entry, String)] = []
    for entry in try ledger.history() {
      for name in entry.experiments {
        guard let tree = try ledger.treeName(of: name, at: entry.commit), seen.insert("\(name) \(tree)").inserted,
          try ledger.file("status.json", of: name, at: entry.commit) != nil
        else { continue }
        found.append((entry, name))
      }
    }
    if case .sample(let count, let seed) = choice {
      let stream = RandomStream(seed: seed, purpose: "verify")
      let drawn = found.indices.sorted { stream.uniform(at: UInt64($0)) < stream.uniform(at: UInt64($1)) }
      found = drawn.prefix(count).sorted().map { found[$0] }
    }
    return try found.compactMap { entry, name in
      try record(of: name, at: entry.commit, in: ledger).map {
        Recalled(commit: entry.commit, entry: entry, record: $0)
      }
    }
  }

  /// Runs a record again from its recorded inputs, in a folder of its own, and compares what comes out.
  ///
  /// - Throws: `CancellationError` when stopped; an error of the file system or the repository.
  public func verify(
    _ recalled: Recalled, memory: Int? = nil, isCancelled: @escaping @Sendable () -> Bool = { false },
    watch: @escaping @Sendable (String, Event) -> Void = { _, _ in }
  ) throws -> Verification {
    let ledger = try ledger()
    let record = recalled.record
    let enclosure = FileManager.default.temporaryDirectory.appending(
      path: "palimpsest-verify-\(UUID().uuidString)", directoryHint: .isDirectory)
    defer { try? FileManager.default.removeItem(at: enclosure) }
    let source = recalled.entry.message["Source-Commit"].flatMap(CommitID.init(hex:))
    do {
      let inputs = try RecordedInputs(record, source: source, project: self, ledger: ledger)
      // A document may name what lies beside its project: so many folders up, it must still be in this one.
      let folder = (0...min(inputs.levelsAbove, 64)).reduce(enclosure) { folder, _ in folder.appending(path: "project")
      }
      let missing = try inputs.bring(to: Enclosed(folder, in: enclosure), isCopied: false)
      guard missing.isEmpty else { return Verification(recalled, missing: missing) }
      let runner = Runner(
        shelf: Shelf(root: folder), store: .none, rerun: true, memory: memory, isCancelled: isCancelled)
      let outcome = try runner.run(inputs.experiment) { watch(record.experiment, $0) }
      let tree = try ledger.treeName(ofFiles: try outcome.record.files(drawing: SVG.drawing))
      let recorded = try ledger.treeName(of: record.experiment, at: recalled.commit)
      return Verification(recalled, again: outcome.record, isTreeEqual: tree == recorded)
    } catch let problems as Problems {
      return Verification(recalled, reason: "\(problems)")
    }
  }
}

extension Verification {
  /// A record that cannot be run again.
  fileprivate init(_ recalled: Project.Recalled, missing: [MissingInput] = [], reason: String? = nil) {
    self.init(
      experiment: recalled.record.experiment, commit: recalled.entry.commit.hex, outcome: .unverifiable,
      isTreeEqual: false, equal: 0, within: [], different: [], otherParts: [], platform: [], missing: missing,
      reason: reason)
  }

  /// A record beside what running it again gave.
  init(_ recalled: Project.Recalled, again: Record, isTreeEqual: Bool) {
    let comparison = RecordComparison(recalled.record.experiment, from: recalled.record, to: again)
    // What runs it is an input like another; only this may excuse a difference.
    let platform = comparison.inputs.filter {
      ["engine", "linear algebra"].contains($0.name) || $0.name.hasPrefix("cell kind ")
    }
    let moved = comparison.values.filter { $0.movement != .equal }
    let within = platform.isEmpty ? [] : moved.filter(Self.isWithin)
    let different = platform.isEmpty ? moved : moved.filter { !Self.isWithin($0) }
    let verdicts = comparison.outcomes.map(\.name)
    let parts = comparison.figures.map { "figure \($0.name)" } + comparison.others.map(\.name)
    // Figures and tables repeat the values: where these may differ a little, so may those. Words may not.
    let isExcused =
      !platform.isEmpty && different.isEmpty && verdicts.isEmpty
      && comparison.figures.allSatisfy { Self.isClose(Self.json($0.before), Self.json($0.after)) }
      && comparison.others.allSatisfy { Self.isClose(Self.json($0.before), Self.json($0.after)) }
    self.init(
      experiment: recalled.record.experiment, commit: recalled.entry.commit.hex,
      outcome: isTreeEqual ? .equal : isExcused ? .within : .different, isTreeEqual: isTreeEqual,
      equal: comparison.values.count - moved.count, within: within, different: different,
      otherParts: isTreeEqual ? [] : verdicts + parts, platform: platform, missing: [], reason: nil)
  }

  private static func isWithin(_ moved: RecordComparison.Moved) -> Bool {
    switch (moved.before, moved.after) {
    case (.number(let a)?, .number(let b)?): isClose(a, b)
    case (.estimate(let a)?, .estimate(let b)?):
      isClose(a.value, b.value) && isClose(a.low, b.low) && isClose(a.high, b.high) && a.n == b.n
    default: false
    }
  }

  private static func isClose(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b, a.isFinite, b.isFinite else { return a == b || a?.isNaN == true && b?.isNaN == true }
    return abs(a - b) <= tolerance * max(abs(a), abs(b))
  }

  /// Whether two pieces of JSON differ in numbers alone, and in these by no more than the tolerance.
  private static func isClose(_ a: Any?, _ b: Any?) -> Bool {
    switch (a, b) {
    case (let a as [String: Any], let b as [String: Any]):
      a.count == b.count && a.allSatisfy { isClose($0.value, b[$0.key]) }
    case (let a as [Any], let b as [Any]): a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1) }
    case (let a as String, let b as String): a == b
    case (let a as NSNumber, let b as NSNumber): isClose(a.doubleValue, b.doubleValue)
    case (is NSNull, is NSNull): true
    default: false
    }
  }

  private static func json(_ text: String?) -> Any? {
    text.flatMap { try? JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed) }
  }

  private static func json(_ figure: Figure?) -> Any? {
    figure.flatMap { try? CanonicalJSON.encode($0) }.flatMap { try? JSONSerialization.jsonObject(with: $0) }
  }
}
