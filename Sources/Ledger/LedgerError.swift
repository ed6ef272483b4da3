/// What can go wrong between a record and its repository.
public enum LedgerError: Error, Hashable, Sendable {
  /// No git repository holds this folder.
  case notARepository(path: String)
  /// The repository names its objects by SHA-256, which libgit2 cannot read.
  case sha256Unsupported(path: String)
  /// The repository keeps its references in reftables, which libgit2 cannot read.
  case reftableUnsupported(path: String)
  /// The repository belongs to another user, and git does not trust it.
  case foreignOwner(path: String)
  /// The repository may not be written.
  case readOnly(path: String, reason: String)
  /// No room was left for the record.
  case diskFull(path: String, reason: String)
  /// The branch is checked out, so that recording would change a work tree behind its owner's back.
  case branchCheckedOut(branch: String, worktree: String)
  /// The branch holds something else than records; `remote` is the remote branch that it would be started from, if it is
  /// not here.
  case foreignBranch(branch: String, remote: String?, path: String)
  /// Another process kept the branch locked.
  case branchLocked(branch: String, lock: String, seconds: Int)
  /// The branch kept moving.
  case branchContended(branch: String, attempts: Int, seconds: Int)
  /// An experiment's name that git cannot hold as a folder.
  case invalidName(name: String, reason: String)
  /// A file's path that git cannot hold.
  case invalidPath(path: String, experiment: String, reason: String)
  /// A branch's name that git does not accept.
  case invalidBranch(name: String)
  /// A record must hold at least one file: git has no empty folders.
  case emptyRecord(experiment: String)
  /// A revision that names no commit here.
  case unknownRevision(revision: String, path: String)
  /// A date before the first record.
  case nothingByThen(revision: String, path: String)
  /// The newest record's commit has none before it here.
  case nothingBefore(branch: String, path: String)
  /// A commit could not be signed.
  case unsigned(program: String, reason: String)
  /// A remote that libgit2 cannot speak to, or that refused; `command` does the same with git.
  case remote(name: String, reason: String, command: String)
  /// The branch and the remote's have each gone on.
  case diverged(branch: String, remote: String)
  /// Two histories of one branch that share no commit and cannot both be followed.
  case nothingToMerge(revision: String)
  /// Any other failure of libgit2.
  case git(doing: String, code: Int, message: String)
}

extension LedgerError: CustomStringConvertible {
  /// What was expected, what was found, where, and what to do next.
  public var description: String {
    switch self {
    case .notARepository(let path):
      """
      \(path) is not inside a git repository; results are recorded in one. \
      Run “palimpsest init” there (or “git init”), then try again.
      """
    case .sha256Unsupported(let path):
      """
      the repository at \(path) names its objects by SHA-256; results can be recorded in SHA-1 repositories only \
      (libgit2 reads no others). Keep the experiments in a repository made with “git init --object-format=sha1”.
      """
    case .reftableUnsupported(let path):
      """
      the repository at \(path) keeps its references in reftables; results can be recorded only where they are \
      files (libgit2 reads no others). Run “git refs migrate --ref-format=files” there.
      """
    case .foreignOwner(let path):
      """
      the repository at \(path) belongs to another user, and git does not trust it. If you do: \
      git config --global --add safe.directory \(path)
      """
    case .readOnly(let path, let reason):
      """
      the repository at \(path) cannot be written (\(reason)); nothing was recorded. \
      Make its objects and refs writable for you, or record in a clone of your own.
      """
    case .diskFull(let path, let reason):
      """
      no room was left to record in \(path) (\(reason)); nothing was recorded, and nothing recorded before is hurt. \
      Free some space and run again: finished work is reused from the cache.
      """
    case .branchCheckedOut(let branch, let worktree):
      """
      the branch “\(branch)” is checked out at \(worktree); recording to it would leave that work tree behind its own \
      branch. Check out another branch there, or none: git -C \(worktree) switch --detach
      """
    case .foreignBranch(let branch, nil, let path):
      """
      the branch “\(branch)” of \(path) holds no results of Palimpsest, so nothing is recorded there. Results are kept \
      on a branch of this name: give yours another one with “git branch -m \(branch) NAME”, then try again.
      """
    case .foreignBranch(let branch, let remote?, let path):
      """
      the branch “\(remote)”, which the branch “\(branch)” of \(path) would go on from, holds no results of Palimpsest, \
      so nothing is recorded there. Give it another name in that remote, and run “git fetch --prune”.
      """
    case .branchLocked(let branch, let lock, let seconds):
      """
      the branch “\(branch)” stayed locked by another process for \(seconds) seconds; nothing was recorded. \
      If no git process is running, a killed one left the lock behind: remove \(lock) and run again.
      """
    case .branchContended(let branch, let attempts, let seconds):
      """
      the branch “\(branch)” moved \(attempts) times in \(seconds) seconds while this record tried to follow it; \
      nothing was recorded. Run again when fewer processes are recording.
      """
    case .invalidName(let name, let reason):
      "“\(name)” cannot be the name of an experiment's folder: \(reason). Rename the experiment."
    case .invalidPath(let path, let experiment, let reason):
      "“\(path)” cannot be a file in the record of “\(experiment)”: \(reason). Rename what it is made from."
    case .invalidBranch(let name):
      "“\(name)” is not a name that git accepts for a branch; choose one such as “results”."
    case .emptyRecord(let experiment):
      "the record of “\(experiment)” holds no files; a record holds at least one."
    case .unknownRevision(let revision, let path):
      "“\(revision)” names no commit in \(path); “git log --all --oneline” lists those that are there."
    case .nothingByThen(let revision, let path):
      "“\(revision)” is before the first record in \(path); “palimpsest log” lists them with their dates."
    case .nothingBefore(let branch, let path):
      """
      the branch “\(branch)” of \(path) holds one commit of results, and none before it to compare it with; run again \
      when something has changed, or name two commits, as in A..B.
      """
    case .unsigned(let program, let reason):
      """
      the commit could not be signed with \(program): \(reason). Nothing was recorded. Set user.signingKey (and \
      gpg.format) as “git commit -S” needs them, or leave --sign out.
      """
    case .remote(let name, let reason, let command):
      "the remote “\(name)” could not be used (\(reason)). With git: \(command)"
    case .diverged(let branch, let remote):
      """
      the branch “\(branch)” of “\(remote)” has records that this one lacks; nothing was sent. Bring them together \
      first: palimpsest fetch \(remote) && palimpsest merge \(remote)/\(branch)
      """
    case .nothingToMerge(let revision):
      "“\(revision)” holds no records; expected a branch of results, such as origin/results."
    case .git(let doing, let code, let message):
      "git failed while \(doing): \(message) (libgit2 code \(code))."
    }
  }
}
