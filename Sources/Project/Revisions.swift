import Experiment
import Foundation
import Ledger
import Manuscript

extension Project {
  /// A record at a commit, with where it stands in history.
  public struct Recalled: Sendable {
    /// The commit that was asked for.
    public let commit: CommitID
    /// The commit that made the record, which may be an earlier one.
    public let entry: Entry
    /// The record.
    public let record: Record
  }

  /// The commit of results that a revision names; the newest if `nil`.
  ///
  /// - Throws: `ProjectError.noRecords`, `.notResults`; `LedgerError.unknownRevision`, `.nothingByThen`.
  public func results(at revision: String?) throws -> CommitID {
    let ledger = try ledger()
    guard let head = try ledger.head() else { throw ProjectError.noRecords }
    guard let revision else { return head }
    let commit = try ledger.commit(named: revision)
    guard try !recorded(at: commit, in: ledger).isEmpty else {
      throw ProjectError.notResults(revision: revision, commit: commit.short, branch: ledger.branch)
    }
    return commit
  }

  /// The experiments that have a record at a commit: folders of other things, of a commit of sources, have none.
  func recorded(at commit: CommitID?, in ledger: Ledger) throws -> [String] {
    try ledger.experiments(at: commit, holding: "status.json")
  }

  /// The two ends of `A..B`; `A` alone, or `A..`, reaches to the newest.
  ///
  /// - Throws: as ``results(at:)``; `LedgerError.nothingBefore` if nothing is named and there is one commit alone.
  public func range(_ text: String?) throws -> (from: CommitID, to: CommitID) {
    guard let text else {
      let (ledger, newest) = (try ledger(), try results(at: nil))
      do {
        return (try results(at: "\(ledger.branch)~1"), newest)
      } catch LedgerError.unknownRevision {
        throw LedgerError.nothingBefore(branch: ledger.branch, path: ledger.repository.location.path)
      }
    }
    guard !text.contains("...") else { throw ProjectError.notARange(text) }
    guard let dots = text.range(of: "..") else { return (try results(at: text), try results(at: nil)) }
    let (from, to) = (text[..<dots.lowerBound], text[dots.upperBound...])
    return (
      try results(at: from.isEmpty ? nil : String(from)), try results(at: to.isEmpty ? nil : String(to))
    )
  }

  /// The experiment's record at a commit; `nil` if it has none there.
  func record(of experiment: String, at commit: CommitID, in ledger: Ledger) throws -> Record? {
    guard let files = try ledger.files(experiment: experiment, at: commit), files["status.json"] != nil else {
      return nil
    }
    return try Record(experiment: experiment, files: files)
  }

  /// The records that a commit made, or one experiment's record as it stood then.
  ///
  /// - Parameters:
  ///   - revision: the newest if `nil`.
  ///   - experiment: if `nil`, those that the commit itself recorded; all that it holds if it recorded none.
  /// - Throws: as ``results(at:)``; `ProjectError.noSuchRecord`.
  public func recall(_ revision: String?, experiment: String? = nil) throws -> [Recalled] {
    let ledger = try ledger()
    let commit = try results(at: revision)
    let known = try recorded(at: commit, in: ledger)
    var names = try ledger.history(limit: 1, from: commit).first?.experiments.filter(known.contains) ?? []
    if names.isEmpty { names = known }
    if let experiment {
      guard known.contains(experiment) else { throw ProjectError.noSuchRecord(experiment: experiment, known: known) }
      names = [experiment]
    }
    return try names.compactMap { name in
      guard let record = try record(of: name, at: commit, in: ledger),
        let entry = try ledger.maker(of: name, at: commit)
      else { return nil }
      return Recalled(commit: commit, entry: entry, record: record)
    }
  }
}
