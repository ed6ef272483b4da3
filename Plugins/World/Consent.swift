/// Who agreed to the task.
public enum Consent: String, CaseIterable, Codable, Sendable, Hashable {
  /// Not said.
  case none
  /// Nobody did.
  case secret
  /// Everybody did.
  case permission

  /// Ways to write it.
  public var phrases: [String] {
    switch self {
    case .none: []
    case .secret: ["without asking", "in secret", "while nobody is looking", "without telling anyone"]
    case .permission:
      ["with permission", "after asking first", "as agreed with everyone", "after a clear yes from everyone"]
    }
  }

  /// What thoughts say of it.
  public var finding: String {
    switch self {
    case .none: "Nothing is said about consent"
    case .secret: "Nobody agreed"
    case .permission: "Everyone agreed"
    }
  }
}
