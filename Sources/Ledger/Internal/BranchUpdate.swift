import CGit2
import Foundation

/// Moves a branch if, and only if, it still stands where it was seen.
enum BranchUpdate {
  enum Outcome {
    /// The branch now names the new commit.
    case moved
    /// Another writer moved it first.
    case lost
    /// Another process holds the branch's lock.
    case locked
  }

  /// Compare-and-swap under git's own lock file, which is held for the comparison and the rename alone.
  ///
  /// libgit2's own comparing call cannot say “only if absent”, and two first records would both succeed.
  static func move(
    _ reference: String, from expected: git_oid?, to new: git_oid, by identity: Identity, note: String,
    in repository: borrowing Handle, of source: Repository
  ) throws -> Outcome {
    let outcome = try swap(reference, from: expected, to: new, by: identity, note: note, in: repository, of: source)
    // What somebody holds stays; what was left behind is out of the way when this is tried again.
    if case .locked = outcome { UpdateNote.clearAbandonedLock(of: reference, in: source) }
    return outcome
  }

  private static func swap(
    _ reference: String, from expected: git_oid?, to new: git_oid, by identity: Identity, note: String,
    in repository: borrowing Handle, of source: Repository
  ) throws -> Outcome {
    let update = UpdateNote(to: new, in: source)
    let outcome = try locked(reference, from: expected, to: new, by: identity, note: note, in: repository, of: source)
    update.end()
    return outcome
  }

  private static func locked(
    _ reference: String, from expected: git_oid?, to new: git_oid, by identity: Identity, note: String,
    in repository: borrowing Handle, of source: Repository
  ) throws -> Outcome {
    let path = source.path
    let owner = repository.pointer
    let doing = "moving \(reference)"
    let transaction = try Handle(doing, at: path, free: git_transaction_free) { git_transaction_new($0, owner) }
    let code = git_transaction_lock_ref(transaction.pointer, reference)
    if code == GIT_ELOCKED.rawValue { return .locked }
    try Git2.check(code, doing, at: path)
    guard git_oid.same(Tip.id(of: reference, in: repository), expected) else { return .lost }
    let signature = try Signature(identity)
    var new = new
    try Git2.check(
      git_transaction_set_target(transaction.pointer, reference, &new, signature.committer, note), doing, at: path)
    try Git2.check(git_transaction_commit(transaction.pointer), doing, at: path)
    return .moved
  }
}
