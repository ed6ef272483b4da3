import CGit2
import Foundation

extension Ledger {
  /// Records the files of an experiment's run as one commit on the branch.
  ///
  /// Objects go straight into the object database: no checkout, no index, and no lock while anything is computed. If
  /// another process records meanwhile, this one builds on its commit and tries again; both records stay. The
  /// experiment's folder is replaced as a whole; other experiments' folders are as the branch has them.
  ///
  /// - Parameters:
  ///   - name: The experiment's folder at the root of the tree: one path component.
  ///   - files: Contents by path inside that folder, with `/` between its parts.
  ///   - message: What to say about the run.
  /// - Returns: The new commit, or the old one if the branch already holds exactly these files.
  /// - Throws: ``LedgerError``. Nothing is then recorded, and nothing half-written.
  @discardableResult
  public func record(experiment name: String, files: [String: Data], message: CommitMessage) throws -> Recorded {
    guard !files.isEmpty else { throw LedgerError.emptyRecord(experiment: name) }
    try RecordPath.check(experiment: name)
    try RecordPath.check(files.keys, experiment: name)
    let reference = try reference()
    try repository.refuseCheckedOut(branch)
    let identity = try repository.identity()

    var staging = try Staging(repository)
    let folder = try staging.folder(of: files)
    var backoff = Backoff(patience: patience)
    var lostRaces = 0
    while true {
      let tip = try Tip.of(branch, in: staging.repository)
      let root = try tip.start.flatMap { try Self.root(of: $0, in: staging.repository) }
      let held = try root.flatMap { try TreeReader.folder(name, in: $0, of: staging.repository) }
      let next: git_oid
      let outcome: Recorded.Outcome
      if let start = tip.start, let held, held.hex == folder.hex {
        outcome = .unchanged(CommitID(start))
        next = start
      } else {
        let tree = try staging.tree(on: root, entries: [(name, folder, GIT_FILEMODE_TREE)])
        next = try staging.commit(tree: tree, parent: tip.start, message: message.text, by: identity)
        try staging.flush()
        outcome = .committed(CommitID(next))
      }
      if let local = tip.local, local.hex == next.hex {
        return Recorded(outcome: outcome, identity: identity, continuedFrom: nil, lostRaces: lostRaces)
      }
      let update = try BranchUpdate.move(
        reference, from: tip.local, to: next, by: identity, note: "record \(name)", in: staging.repository,
        at: repository.path)
      switch update {
      case .moved:
        return Recorded(outcome: outcome, identity: identity, continuedFrom: tip.remote, lostRaces: lostRaces)
      case .lost:
        lostRaces += 1
        guard backoff.wait() else {
          throw LedgerError.branchContended(branch: branch, attempts: lostRaces, seconds: backoff.seconds)
        }
      case .locked:
        guard backoff.wait() else {
          let lock = repository.commonDirectory.appending(path: "\(reference).lock").path(percentEncoded: false)
          throw LedgerError.branchLocked(branch: branch, lock: lock, seconds: backoff.seconds)
        }
      }
    }
  }

  /// The branch's full name.
  private func reference() throws -> String {
    Git2.start()
    var isValid: CInt = 0
    guard git_branch_name_is_valid(&isValid, branch) == 0, isValid == 1 else {
      throw LedgerError.invalidBranch(name: branch)
    }
    return "refs/heads/\(branch)"
  }
}

extension Staging {
  /// Stages files as nested trees; the outermost one's name.
  fileprivate mutating func folder(of files: [String: Data]) throws -> git_oid {
    var here: [(name: String, id: git_oid, mode: git_filemode_t)] = []
    var below: [String: [String: Data]] = [:]
    for (path, data) in files {
      if let slash = path.firstIndex(of: "/") {
        below[String(path[..<slash]), default: [:]][String(path[path.index(after: slash)...])] = data
      } else {
        here.append((path, try blob(data), GIT_FILEMODE_BLOB))
      }
    }
    for (name, files) in below {
      here.append((name, try folder(of: files), GIT_FILEMODE_TREE))
    }
    return try tree(entries: here)
  }
}

extension Repository {
  /// Throws ``LedgerError/branchCheckedOut(branch:worktree:)`` if any work tree, main or linked, stands on the branch,
  /// even one that has no commit yet.
  func refuseCheckedOut(_ branch: String) throws {
    let repository = try open()
    func stands(_ folder: URL) -> Bool {
      let head = try? String(contentsOf: folder.appending(path: "HEAD"), encoding: .utf8)
      return head?.trimmingCharacters(in: .whitespacesAndNewlines) == "ref: refs/heads/\(branch)"
    }
    var isBare: CInt = 0
    var configuration: OpaquePointer?
    defer { git_config_free(configuration) }
    try Git2.check(git_repository_config(&configuration, repository.pointer), "reading git's configuration", at: path)
    if git_config_get_bool(&isBare, configuration, "core.bare") != 0 { isBare = 0 }
    if isBare == 0, stands(commonDirectory) {
      let main = commonDirectory == gitDirectory ? location : commonDirectory.deletingLastPathComponent()
      throw LedgerError.branchCheckedOut(branch: branch, worktree: main.path(percentEncoded: false))
    }
    let linked = commonDirectory.appending(path: "worktrees")
    for folder in (try? FileManager.default.contentsOfDirectory(at: linked, includingPropertiesForKeys: nil)) ?? []
    where stands(folder) {
      guard let link = try? String(contentsOf: folder.appending(path: "gitdir"), encoding: .utf8) else { continue }
      let tree = URL(filePath: link.trimmingCharacters(in: .newlines)).deletingLastPathComponent()
      // A work tree that was deleted without “git worktree prune” can no longer fall behind.
      guard FileManager.default.fileExists(atPath: tree.path(percentEncoded: false)) else { continue }
      throw LedgerError.branchCheckedOut(branch: branch, worktree: tree.path(percentEncoded: false))
    }
  }
}
