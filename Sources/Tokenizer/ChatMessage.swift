/// One turn of a conversation.
public struct ChatMessage: Sendable, Hashable, Codable {
  /// Who speaks: `system`, `user` or `assistant` in most templates.
  public var role: String
  /// What is said.
  public var content: String

  /// A turn.
  public init(role: String, content: String) {
    self.role = role
    self.content = content
  }

  /// What a user says.
  public static func user(_ content: String) -> ChatMessage { ChatMessage(role: "user", content: content) }
  /// What the model says.
  public static func assistant(_ content: String) -> ChatMessage { ChatMessage(role: "assistant", content: content) }
  /// Instructions before the conversation.
  public static func system(_ content: String) -> ChatMessage { ChatMessage(role: "system", content: content) }
}
