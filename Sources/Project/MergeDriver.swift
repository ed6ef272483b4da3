import Experiment
import Foundation
import Ledger

extension Project {
  /// What a merge driver answers for one file.
  public enum DriverAnswer: Sendable, Hashable {
    /// The file is to hold these bytes; there is no conflict.
    case resolved(Data)
    /// git is to merge the file line by line: it belongs to no record.
    case byLine
    /// The file stays in conflict, for this reason.
    case conflict(String)
  }

  /// Merges one file of a record when git itself merges two branches of results.
  ///
  /// git asks file by file, and takes what one side alone changed without asking. So the side whose record stands is
  /// chosen for the record as a whole, and where git would mix in a file of the other's, that is a conflict:
  /// `palimpsest merge` has no such trouble.
  /// - Parameters:
  ///   - path: the file, from the root of the tree.
  ///   - ours: the commit that is merged into.
  ///   - theirs: the commit that is merged.
  /// - Throws: `LedgerError`, `RecordError`.
  public static func mergeDriver(
    path: String, ours: CommitID, theirs: CommitID, in ledger: Ledger
  ) throws -> DriverAnswer {
    var parts = path.split(separator: "/").map(String.init)
    // What was not committed when a record was made goes with the record.
    let isBeside = parts.first == ".source"
    if isBeside { parts.removeFirst() }
    guard parts.count > 1, let name = parts.first else { return .byLine }
    let file = parts.dropFirst().joined(separator: "/")
    guard let left = try ledger.files(experiment: name, at: ours), left["status.json"] != nil,
      let right = try ledger.files(experiment: name, at: theirs), right["status.json"] != nil
    else { return .byLine }
    let candidate = MergeCandidate(
      experiment: name, ours: left, theirs: right,
      oursMade: try ledger.maker(of: name, at: ours), theirsMade: try ledger.maker(of: name, at: theirs))
    let findings = try findings(candidate)
    guard findings.isEmpty else {
      return .conflict("\(MergeConflict(findings: findings, other: theirs.short))")
    }
    let side = later(candidate)
    if isBeside {
      let patch = try ledger.sourceDifference(of: name, at: side == .ours ? ours : theirs)
      return patch.map(DriverAnswer.resolved) ?? .conflict("“\(path)” goes with a record that has none; remove it")
    }
    let (chosen, other) = side == .ours ? (left, right) : (right, left)
    let base = try ledger.mergeBase(ours, theirs).flatMap { try ledger.files(experiment: name, at: $0) } ?? [:]
    let mixed = Set(chosen.keys).union(other.keys).filter { base[$0] == chosen[$0] && base[$0] != other[$0] }
    if let first = mixed.sorted().first {
      return .conflict(
        "git would mix two records of “\(name)”: it takes \(first) from one side though the other's record stands; "
          + "run “git merge --abort”, then “palimpsest merge”")
    }
    guard let data = chosen[file] else { return .conflict("“\(path)” is not in the record that stands") }
    return .resolved(data)
  }

  /// Tells git to merge the files of records with `palimpsest merge-driver`.
  ///
  /// - Returns: what was done, a line each; nothing if it was done before.
  /// - Throws: `LedgerError`, `FileError`.
  public static func installMergeDriver(at folder: URL) throws -> [String] {
    try Repository.discover(from: folder).installMergeDriver(
      name: "palimpsest", description: "records of results, one as a whole",
      command: "palimpsest merge-driver %O %A %B %P",
      patterns: ["inputs.json", "status.json", "prompts.json", "experiment.md"].map { "/*/\($0)" }
        + ["/*/results/**", "/*/tables/**", "/*/figures/**", "/.source/**"])
  }
}
