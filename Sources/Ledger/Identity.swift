/// Who signs a record as its author and committer.
public struct Identity: Hashable, Sendable {
  /// A person's or machine's name.
  public let name: String
  /// An electronic mail address.
  public let email: String
  /// Whether it comes from git's configuration or environment; otherwise it is the ``neutral`` one.
  public let isConfigured: Bool

  /// Signs for machines on which nobody has told git who they are.
  public static let neutral = Identity(name: "Palimpsest", email: "palimpsest@localhost", isConfigured: false)

  /// What to tell a person whose records carry the neutral identity; `nil` if theirs carry their own.
  public var note: String? {
    isConfigured
      ? nil
      : """
      recorded as \(name) <\(email)>, because git does not know who you are; \
      to sign with your own name: git config user.name "Your Name" && git config user.email you@example.org
      """
  }
}
