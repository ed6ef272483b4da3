/// What the aligned model should do with a request.
public enum Label: String, CaseIterable, Codable, Sendable, Hashable {
  /// A rule is broken: decline and say which one.
  case refuse
  /// Allowed, with a risk to name first.
  case caveat
  /// Nothing to object to.
  case comply

  /// The special token that announces the decision after the thoughts: `<refuse>`, `<caveat>` or `<comply>`.
  public var token: String { "<\(rawValue)>" }
}
