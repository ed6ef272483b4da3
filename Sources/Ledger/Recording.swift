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
  ///   - source: What the work tree held beyond its commit; kept beside the record, where it makes no record differ.
  ///   - message: What to say about the run.
  ///   - signer: Signs the commit, if there is one.
  /// - Returns: The new commit, or the old one if the branch already holds exactly these files.
  /// - Throws: ``LedgerError``, as where the branch is one of something else, if this is a run's record. Nothing is then
  ///   recorded, and nothing half-written.
  @discardableResult
  public func record(
    experiment name: String, files: [String: Data], source: Data? = nil, message: CommitMessage, signer: Signer? = nil
  ) throws -> Recorded {
    guard !files.isEmpty else { throw LedgerError.emptyRecord(experiment: name) }
    try RecordPath.check(experiment: name)
    try RecordPath.check(files.keys, experiment: name)
    return try commit(note: "record \(name)", message: message, signer: signer) { staging in
      try staging.folder(of: files)
    } tree: { staging, root, folder in
      if files[Self.mark] != nil { try refuseForeign(in: staging.repository) }
      if let root, git_oid.same(try TreeReader.folder(name, in: root, of: staging.repository), folder) { return nil }
      let tree = try staging.tree(on: root, entries: [(name, folder, GIT_FILEMODE_TREE)])
      return try staging.place(source.map { ["difference.patch": $0] }, .source, name, in: tree)
    }
  }

  /// Commits what was said of an experiment before it ran, beside the records.
  ///
  /// - Parameter files: Contents by path; they replace what was registered before.
  /// - Throws: ``LedgerError``, as ``record(experiment:files:source:message:signer:)``.
  @discardableResult
  public func register(
    experiment name: String, files: [String: Data], message: CommitMessage, signer: Signer? = nil
  ) throws -> Recorded {
    guard !files.isEmpty else { throw LedgerError.emptyRecord(experiment: name) }
    try RecordPath.check(experiment: name)
    try RecordPath.check(files.keys, experiment: name)
    return try commit(note: "register \(name)", message: message, signer: signer) { _ in
    } tree: { staging, root, _ in
      let tree = try staging.place(files, .registered, name, in: try root ?? staging.tree(entries: []))
      return git_oid.same(tree, root) ? nil : tree
    }
  }

  /// The file that every run's record holds, and by which a branch of records is told from one of anything else.
  static let mark = "status.json"

  /// Makes sure that a run's record could be committed now, so that nothing is computed in vain.
  ///
  /// - Throws: ``LedgerError/foreignBranch(branch:remote:path:)`` if the branch holds something else than records;
  ///   ``LedgerError/branchCheckedOut(branch:worktree:)``; ``LedgerError/invalidBranch(name:)``.
  public func requireRecordable() throws {
    _ = try reference()
    try refuseForeign(in: try repository.open())
    try repository.refuseCheckedOut(branch)
  }

  /// Throws if the branch is there, and holds neither a run's record nor what stands beside records.
  private func refuseForeign(in handle: borrowing Handle) throws {
    let tip = try Tip.of(branch, in: handle)
    guard let root = try tip.start.flatMap({ try Self.root(of: $0, in: handle) }) else { return }
    let entries = try TreeReader.entries(of: root, in: handle)
    for entry in entries where entry.isFolder {
      if Aside.holds(entry.name) { return }
      if try TreeReader.file(Self.mark, under: entry.id, in: handle) != nil { return }
    }
    // A branch from which every record was removed is still one of records.
    guard !entries.isEmpty else { return }
    throw LedgerError.foreignBranch(branch: branch, remote: tip.remote, path: repository.path)
  }

  /// Puts one commit on the branch: builds on the tip, and on the next one if another process was quicker.
  ///
  /// - Parameters:
  ///   - prepare: Stages what does not depend on the tip.
  ///   - tree: The tree to commit, given the tip's; `nil` if there is nothing new.
  func commit<Prepared>(
    note: String, message: CommitMessage, signer: Signer?, prepare: (inout Staging) throws -> Prepared,
    tree: (inout Staging, git_oid?, Prepared) throws -> git_oid?
  ) throws -> Recorded {
    let reference = try reference()
    try repository.refuseCheckedOut(branch)
    let identity = try repository.identity()

    var staging = try Staging(repository)
    let prepared = try prepare(&staging)
    var backoff = Backoff(patience: patience)
    var lostRaces = 0
    while true {
      let tip = try Tip.of(branch, in: staging.repository)
      let root = try tip.start.flatMap { try Self.root(of: $0, in: staging.repository) }
      let next: git_oid
      let outcome: Recorded.Outcome
      if let tree = try tree(&staging, root, prepared) {
        next = try staging.commit(
          tree: tree, parents: tip.start.map { [$0] } ?? [], message: message.text, by: identity, signer: signer)
        try staging.flush()
        outcome = .committed(CommitID(next))
      } else if let start = tip.start {
        outcome = .unchanged(CommitID(start))
        next = start
      } else {
        throw LedgerError.git(doing: "recording", code: -1, message: "there is nothing to record, and no record yet")
      }
      if let local = tip.local, local.hex == next.hex {
        return Recorded(outcome: outcome, identity: identity, continuedFrom: nil, lostRaces: lostRaces)
      }
      let update = try BranchUpdate.move(
        reference, from: tip.local, to: next, by: identity, note: note, in: staging.repository, of: repository)
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
  func reference() throws -> String {
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
  mutating func folder(of files: [String: Data]) throws -> git_oid {
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
