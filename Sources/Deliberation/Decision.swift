/// What is done with a request: one of a small set, decided before the response begins.
public enum Decision: String, CaseIterable, Codable, Hashable, Sendable {
  /// It is refused.
  case refuse
  /// It is answered in part, or with a warning.
  case caveat
  /// It is answered.
  case comply
}
