import CGit2
import Foundation

/// What fetching brought.
public struct Fetched: Hashable, Sendable {
  /// The remote's branch, as `origin/results`.
  public let branch: String
  /// How many commits of it the local branch lacks.
  public let ahead: Int
  /// How many commits of the local branch it lacks.
  public let behind: Int

  /// From its parts.
  public init(branch: String, ahead: Int, behind: Int) {
    (self.branch, self.ahead, self.behind) = (branch, ahead, behind)
  }
}

extension Ledger {
  /// Fetches the remote's branch of results; the local branch stays where it is.
  ///
  /// - Throws: ``LedgerError/remote(name:reason:command:)`` if libgit2 cannot: it says what git command can.
  public func fetch(from remote: String) throws -> Fetched {
    let repository = try repository.open()
    let command = "git fetch \(remote) \(branch)"
    let handle = try lookUp(remote, command: command, in: repository)
    var options = git_fetch_options()
    git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
    let code = Self.withRefspec("+refs/heads/\(branch):refs/remotes/\(remote)/\(branch)") {
      git_remote_fetch(handle.pointer, $0, &options, "palimpsest fetch")
    }
    try check(code, remote, command)
    guard let theirs = Tip.id(of: "refs/remotes/\(remote)/\(branch)", in: repository) else {
      throw LedgerError.remote(
        name: remote, reason: "it has no branch “\(branch)”", command: "git push \(remote) \(branch)")
    }
    let (ahead, behind) = try distance(from: Tip.id(of: "refs/heads/\(branch)", in: repository), to: theirs, repository)
    return Fetched(branch: "\(remote)/\(branch)", ahead: ahead, behind: behind)
  }

  /// Sends the branch to the remote, if that only moves it forward.
  ///
  /// - Returns: how many commits the remote lacked; `nil` if it had no such branch.
  /// - Throws: ``LedgerError/diverged(branch:remote:)`` if the remote has records that are not here;
  ///   ``LedgerError/remote(name:reason:command:)`` if libgit2 cannot: it says what git command can.
  public func push(to remote: String) throws -> Int? {
    let repository = try repository.open()
    let command = "git push \(remote) \(branch)"
    let handle = try lookUp(remote, command: command, in: repository)
    guard let ours = Tip.id(of: "refs/heads/\(branch)", in: repository) else {
      throw LedgerError.unknownRevision(revision: branch, path: self.repository.path)
    }
    let before = Tip.id(of: "refs/remotes/\(remote)/\(branch)", in: repository)
    var options = git_push_options()
    git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION))
    // The remote may refuse one reference and take the rest; it says so here, and the push itself succeeds.
    options.callbacks.push_update_reference = { _, status, _ in status == nil ? 0 : GIT_ENONFASTFORWARD.rawValue }
    let code = Self.withRefspec("refs/heads/\(branch):refs/heads/\(branch)") {
      git_remote_push(handle.pointer, $0, &options)
    }
    if code == GIT_ENONFASTFORWARD.rawValue { throw LedgerError.diverged(branch: branch, remote: remote) }
    try check(code, remote, command)
    return try before.map { try distance(from: $0, to: ours, repository).ahead }
  }

  private func lookUp(_ remote: String, command: String, in repository: borrowing Handle) throws -> Handle {
    let known = try self.repository.remotes()
    guard known.contains(remote) else {
      throw LedgerError.remote(
        name: remote, reason: known.isEmpty ? "there are no remotes" : "known: \(known.joined(separator: ", "))",
        command: "git remote add \(remote) URL")
    }
    let owner = repository.pointer
    return try Handle("opening the remote \(remote)", at: self.repository.path, free: git_remote_free) {
      git_remote_lookup($0, owner, remote)
    }
  }

  private func check(_ code: CInt, _ remote: String, _ command: String) throws {
    guard code < 0 else { return }
    let reason = git_error_last().flatMap { $0.pointee.message }.map { String(cString: $0) } ?? "no reason given"
    throw LedgerError.remote(name: remote, reason: reason, command: command)
  }

  private func distance(
    from ours: git_oid?, to theirs: git_oid, _ repository: borrowing Handle
  ) throws -> (ahead: Int, behind: Int) {
    guard var ours else { return (try history(from: CommitID(theirs), registrations: true).count, 0) }
    var theirs = theirs
    var (ahead, behind) = (0, 0)
    let code = git_graph_ahead_behind(&ahead, &behind, repository.pointer, &theirs, &ours)
    try Git2.check(code, "comparing the branches", at: self.repository.path)
    return (ahead, behind)
  }

  private static func withRefspec(_ text: String, _ body: (UnsafePointer<git_strarray>) -> CInt) -> CInt {
    var pointer: UnsafeMutablePointer<CChar>? = strdup(text)
    defer { free(pointer) }
    return withUnsafeMutablePointer(to: &pointer) { strings in
      var list = git_strarray(strings: strings, count: 1)
      return body(&list)
    }
  }
}
