import Experiment
import Foundation
import Ledger
import Manuscript

extension Project {
  /// A worktree that holds the inputs of an old run.
  public struct Restored: Sendable {
    /// The worktree.
    public let worktree: URL
    /// The project inside it.
    public let project: URL
    /// The commands that run it as it was.
    public let commands: [String]
    /// What is not to be had any more.
    public let missing: [MissingInput]
  }

  /// Writes the inputs of old runs into a worktree beside this one: the sources of the commit that they name, what was
  /// not committed then, the document to the letter, and the models and data whose digests are those recorded.
  ///
  /// - Parameters:
  ///   - revision: the commit of results; the newest if `nil`.
  ///   - folder: where to; a folder beside the repository, named after the commit, if `nil`.
  /// - Throws: as ``results(at:)``; `ProjectError.exists`, `.noSource`; `LedgerError` if git cannot make the worktree.
  public func restore(_ revision: String?, experiment: String? = nil, to folder: URL? = nil) throws -> Restored {
    let ledger = try ledger()
    let recalled = try recall(revision, experiment: experiment)
    guard let first = recalled.first else { throw ProjectError.noRecords }
    let place = ledger.repository.location.standardizedFileURL
    let worktree =
      folder
      ?? place.deletingLastPathComponent().appending(
        path: "\(place.lastPathComponent)-\(first.entry.commit.short)", directoryHint: .isDirectory)
    guard !FileManager.default.fileExists(atPath: worktree.path) else {
      throw ProjectError.exists(path: worktree.path)
    }
    guard let source = first.entry.message["Source-Commit"].flatMap(CommitID.init(hex:)),
      (try? ledger.repository.commit(named: source.hex)) != nil
    else {
      throw ProjectError.noSource(commit: first.entry.commit.short, source: first.entry.message["Source-Commit"])
    }
    try ledger.repository.addWorktree(at: worktree, commit: source)
    let base = ledger.repository.relativePath(root) ?? ""
    let inside = base.isEmpty ? worktree : worktree.appending(path: base)
    var missing: [MissingInput] = []
    for one in recalled {
      if let patch = try ledger.sourceDifference(of: one.record.experiment, at: one.entry.commit) {
        try Repository.discover(from: worktree).apply(patch)
      }
      missing += try RecordedInputs(one.record, source: source, project: self, ledger: ledger)
        .bring(to: inside, isCopied: true)
    }
    let runs = recalled.map { one in
      let set = one.record.inputs.overrides.sorted { $0.key < $1.key }.map { " --set '\($0.key)=\($0.value)'" }
      return "palimpsest run experiments/\(one.record.experiment).md" + set.joined()
    }
    return Restored(worktree: worktree, project: inside, commands: runs, missing: missing)
  }
}
