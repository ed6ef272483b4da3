import Experiment
import Foundation
import Ledger
import Manuscript
import Tensor

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
  /// - Throws: as ``results(at:)``; `ProjectError.exists`, `.noSource`; ``RestoreConflict``; `LedgerError` if git cannot
  ///   make the worktree. Nothing of it is then left.
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
    let (source, patch) = try sources(of: recalled, in: ledger)
    return try ledger.repository.withNewWorktree(at: worktree, commit: source) {
      let base = ledger.repository.relativePath(root) ?? ""
      let inside = base.isEmpty ? worktree : worktree.appending(path: base)
      try Repository.discover(from: worktree).apply(patch)
      let missing = try recalled.flatMap { one in
        try RecordedInputs(one.record, source: source, project: self, ledger: ledger)
          .bring(to: Enclosed(inside, in: worktree), isCopied: true)
      }
      return Restored(worktree: worktree, project: inside, commands: recalled.map(\.record.command), missing: missing)
    }
  }

  /// The commit of sources that some records were made from, and what was not committed then.
  ///
  /// - Throws: `ProjectError.noSource`; ``RestoreConflict`` if one worktree cannot hold them all.
  private func sources(of recalled: [Recalled], in ledger: Ledger) throws -> (commit: CommitID, patch: Data) {
    let commits = try recalled.map { one in
      let named = one.entry.message["Source-Commit"]
      guard let commit = named.flatMap(CommitID.init(hex:)),
        (try? ledger.repository.commit(named: commit.hex)) != nil
      else { throw ProjectError.noSource(commit: one.entry.commit.short, source: named) }
      return commit
    }
    guard let commit = commits.first else { throw ProjectError.noRecords }
    func conflict(_ reason: RestoreConflict.Reason) -> RestoreConflict {
      RestoreConflict(reason: reason, commit: recalled[0].commit, experiments: recalled.map(\.record.experiment))
    }
    guard Set(commits).count == 1 else { throw conflict(.commits(commits.map(\.short))) }
    var (parts, order): ([Data: Data], [Data]) = ([:], [])
    var inputs: [String: Digest] = [:]
    for one in recalled {
      for input in one.record.inputs.models.map({ ("model \($0.name)", $0.digest) })
        + one.record.inputs.data.map({ ("data \($0.name)", $0.digest) })
      {
        let known = inputs.updateValue(input.1, forKey: input.0) ?? input.1
        guard known == input.1 else { throw conflict(.input(input.0)) }
      }
      guard let patch = try ledger.sourceDifference(of: one.record.experiment, at: one.entry.commit) else { continue }
      for (head, part) in Self.parts(of: patch) {
        guard let known = parts[head] else {
          (parts[head], order) = (part, order + [head])
          continue
        }
        guard known == part else { throw conflict(.file(String(decoding: head, as: UTF8.self))) }
      }
    }
    return (commit, order.reduce(into: Data()) { $0 += parts[$1] ?? Data() })
  }

  /// A patch file by file, each under its first line. No line of a file's content begins as that does.
  private static func parts(of patch: Data) -> [(head: Data, part: Data)] {
    let mark = Data("diff --git ".utf8)
    var starts: [Data.Index] = []
    var rest = patch[...]
    while let found = rest.range(of: mark) {
      if found.lowerBound == patch.startIndex || patch[found.lowerBound - 1] == UInt8(ascii: "\n") {
        starts.append(found.lowerBound)
      }
      rest = patch[found.upperBound...]
    }
    return zip(starts, starts.dropFirst() + [patch.endIndex]).map { start, end in
      let part = patch[start..<end]
      return (Data(part.prefix { $0 != UInt8(ascii: "\n") }.dropFirst(mark.count)), Data(part))
    }
  }
}

/// Records that one worktree cannot hold together: they were not made from the same sources.
public struct RestoreConflict: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is not the same.
  public enum Reason: Hashable, Sendable {
    /// The commits of sources, in the order of the experiments.
    case commits([String])
    /// A file that was not committed, as `a/PATH b/PATH`.
    case file(String)
    /// A model or a data set.
    case input(String)
  }

  /// What is not the same.
  public let reason: Reason
  /// The commit of results that was asked for.
  public let commit: CommitID
  /// The experiments whose records it holds.
  public let experiments: [String]

  /// What was found, and what to do.
  public var description: String {
    let found =
      switch reason {
      case .commits(let commits):
        "they were made from different commits: "
          + zip(experiments, commits).map { "\($0) from \($1)" }.joined(separator: ", ")
      case .file(let file): "they were made while \(file) differed, and was not committed"
      case .input(let input): "they were made from different contents of the \(input)"
      }
    return "the records at \(commit.short) cannot be restored together, since \(found); nothing was made. "
      + "Restore them singly:"
      + experiments.map { "\n  palimpsest restore \(commit.short) \($0)" }.joined()
  }
}
