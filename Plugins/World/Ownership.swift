/// Whose the object is, as far as rules look.
public enum Ownership: String, CaseIterable, Codable, Sendable, Hashable {
  /// The user's own.
  case own
  /// Somebody else's.
  case other
}
