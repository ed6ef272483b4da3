import Experiment
import Foundation
import Ledger
import Tensor

/// The same inputs gave different results on the two sides of a merge: a finding, which no rule may decide.
public struct MergeConflict: Error, CustomStringConvertible, Sendable {
  /// A cell whose key is the same on both sides, and whose results are not.
  public struct Finding: Sendable {
    /// The experiment.
    public let experiment: String
    /// The cell's label.
    public let cell: String
    /// The digest of all that its results depend on.
    public let key: Digest
    /// The commits that hold the results: the branch's and the other's.
    public let commits: [String]
    /// The values that differ.
    public let values: [RecordComparison.Moved]
  }

  /// Every such cell.
  public let findings: [Finding]
  /// What was being merged.
  public let other: String

  /// What was found, where, and what to do.
  public var description: String {
    let lines = findings.flatMap { finding in
      [
        "  \(finding.experiment).\(finding.cell), key \(finding.key.short): in \(finding.commits.joined(separator: " and in "))"
      ]
        + finding.values.map { "    \($0.path): \($0.before?.formatted ?? "–") and \($0.after?.formatted ?? "–")" }
        + (finding.values.isEmpty ? ["    no value differs, but figures, tables or directions do"] : [])
    }
    return "the same inputs gave different results; nothing was merged:\n" + lines.joined(separator: "\n")
      + "\nFind out which is right with “palimpsest verify COMMIT”, then merge with --prefer ours or --prefer theirs."
  }
}

extension Project {
  /// Brings another branch's records in, record by record; both histories are kept.
  ///
  /// Where both sides have a record of their own, made from different inputs, the later one stands at the tip.
  /// - Parameters:
  ///   - other: a revision, such as `origin/results`.
  ///   - prefer: whose record to take where the same inputs gave different results; that is a conflict if `nil`.
  /// - Throws: ``MergeConflict``; `ProjectError.notResults`; `LedgerError`. Nothing is then merged.
  public func merge(_ other: String, prefer: MergeSide? = nil, sign: Bool = false) throws -> Merged {
    let ledger = try ledger()
    let commit = try ledger.commit(named: other)
    guard try !recorded(at: commit, in: ledger).isEmpty else {
      throw ProjectError.notResults(revision: other, commit: commit.short, branch: ledger.branch)
    }
    var notes: [String] = []
    return try ledger.merge(commit, signer: sign ? try ledger.repository.signer() : nil) { taken, chosen in
      let lines =
        taken.map { "taken: \($0)" }
        + chosen.sorted { $0.key < $1.key }.map { "both changed, \($0.value) taken: \($0.key)" }
      return CommitMessage(
        subject: "merge \(other): \(taken.count) taken, \(chosen.count) changed on both sides", body: lines + notes)
    } choose: { candidates in
      let findings = try candidates.flatMap(Self.findings)
      guard findings.isEmpty || prefer != nil else { throw MergeConflict(findings: findings, other: other) }
      notes = findings.map { "the same inputs gave different results: \($0.experiment).\($0.cell)" }
      let contested = Set(findings.map(\.experiment))
      return Dictionary(
        uniqueKeysWithValues: candidates.map { candidate in
          let name = candidate.experiment
          return (name, contested.contains(name) ? prefer ?? .ours : Self.later(candidate))
        })
    }
  }

  /// The side whose record was made later; ours if that cannot be told.
  static func later(_ candidate: MergeCandidate) -> MergeSide {
    // A side that has no record any more has nothing to stand at the tip.
    if candidate.theirs == nil { return .ours }
    if candidate.ours == nil { return .theirs }
    guard let ours = candidate.oursMade?.date, let theirs = candidate.theirsMade?.date else { return .ours }
    return theirs > ours ? .theirs : .ours
  }

  /// The cells of both sides whose keys are equal and whose results are not.
  static func findings(_ candidate: MergeCandidate) throws -> [MergeConflict.Finding] {
    guard let ours = candidate.ours, let theirs = candidate.theirs else { return [] }
    let name = candidate.experiment
    let (left, right) = (try Record(experiment: name, files: ours), try Record(experiment: name, files: theirs))
    let comparison = RecordComparison(name, from: left, to: right)
    let known = Dictionary(left.cells.filter { $0.failure == nil }.map { ($0.key, $0) }) { first, _ in first }
    return try right.cells.filter { $0.failure == nil }.compactMap { cell in
      guard let other = known[cell.key],
        try CanonicalJSON.encode(other.results) != CanonicalJSON.encode(cell.results)
      else { return nil }
      let values = comparison.values.filter { $0.path.hasPrefix("\(cell.label).") && $0.movement != .equal }
      return MergeConflict.Finding(
        experiment: name, cell: cell.label, key: cell.key,
        commits: [candidate.oursMade, candidate.theirsMade].compactMap { $0?.commit.short }, values: values)
    }
  }
}
