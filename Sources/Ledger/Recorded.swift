/// What became of a record.
public struct Recorded: Hashable, Sendable {
  /// Whether a commit was made.
  public enum Outcome: Hashable, Sendable {
    /// A new commit holds the files.
    case committed(CommitID)
    /// The tip of the branch already held exactly these files; nothing was written.
    case unchanged(CommitID)
  }

  /// Committed or unchanged.
  public let outcome: Outcome
  /// Who signed; see ``Identity/note`` for what to say when it is the neutral identity.
  public let identity: Identity
  /// The remote branch (`origin/results`) that the local branch was started from just now, if it was.
  public let continuedFrom: String?
  /// How many times the branch had moved under this writer before its commit stood.
  public let lostRaces: Int

  /// The commit that holds the files, new or old.
  public var commit: CommitID {
    switch outcome {
    case .committed(let commit), .unchanged(let commit): commit
    }
  }

  /// Whether a new commit was made.
  public var isNew: Bool {
    if case .committed = outcome { true } else { false }
  }
}
