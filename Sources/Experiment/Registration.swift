/// Whether a claim, as it is worded now, was made before anybody had seen a result that bears on it.
public struct Registration: Codable, Hashable, Sendable {
  /// What came first.
  public enum Standing: String, Codable, Hashable, Sendable, CaseIterable {
    /// The wording was committed before the first result.
    case before = "registered before"
    /// The claim was first made with the result there, or with nobody able to show that it was not.
    case after = "registered after"
    /// An earlier wording was replaced when results were there.
    case changed = "changed after"
  }

  /// The claim's label.
  public let label: String
  /// What came first.
  public let standing: Standing
  /// The commit in which the present wording first appeared: of the ledger, or of the sources if `isInSource`.
  public let wording: String
  /// Whether ``wording`` is a commit of the document itself.
  public let isInSource: Bool
  /// The commit of the first result that bears on the claim; `nil` while there is none.
  public let firstResult: String?

  /// From its parts.
  public init(label: String, standing: Standing, wording: String, isInSource: Bool, firstResult: String?) {
    self.label = label
    self.standing = standing
    self.wording = wording
    self.isInSource = isInSource
    self.firstResult = firstResult
  }
}

/// A cell that ran, had a result, and stands in the document no more.
public struct Withdrawn: Hashable, Sendable {
  /// Its label.
  public let label: String
  /// The cell's kind.
  public let kind: String
  /// The commit of the last record that has it, in full.
  public let commit: String
  /// Its last headline values, with their paths.
  public let headline: [(path: String, value: Value)]

  /// From its parts.
  public init(label: String, kind: String, commit: String, headline: [(path: String, value: Value)]) {
    self.label = label
    self.kind = kind
    self.commit = commit
    self.headline = headline
  }

  /// Equal if label, kind and commit are: the commit holds the values.
  public static func == (a: Withdrawn, b: Withdrawn) -> Bool {
    (a.label, a.kind, a.commit) == (b.label, b.kind, b.commit)
  }

  /// Hashes label, kind and commit.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(label)
    hasher.combine(kind)
    hasher.combine(commit)
  }
}
