import Tokenizer

extension ChatRequest {
  /// Who may speak. A developer is who OpenAI's newer models call the system.
  private static let roles = ["system", "user", "assistant", "developer"]
  /// What an answer of this API carries besides, which clients send back as it came: without a value.
  private static let echoed = ["refusal", "annotations", "audio", "function_call", "tool_calls"]

  /// The turns of a conversation.
  static func readMessages(_ value: OrderedJSON) throws(Refusal) -> [ChatMessage] {
    guard let items = value.array else {
      throw .field("messages", "“messages” is \(value.kind); expected a list of turns")
    }
    var messages: [ChatMessage] = []
    for (index, item) in items.enumerated() { messages.append(try message(item, in: "messages[\(index)]")) }
    return messages
  }

  private static func message(_ value: OrderedJSON, in path: String) throws(Refusal) -> ChatMessage {
    guard let members = value.members else {
      throw .field(path, "“\(path)” is \(value.kind); expected {\"role\": …, \"content\": …}")
    }
    var (role, content): (String?, String?) = (nil, nil)
    try read(members, in: path) { name, value throws(Refusal) in
      let place = "\(path).\(name)"
      switch name {
      case "role":
        guard let found = value.string, roles.contains(found) else {
          throw .field(place, "“\(place)” is \(value.kind); expected \(roles.joined(separator: ", "))")
        }
        role = found == "developer" ? "system" : found
      case "content": content = try text(value, in: place)
      case _ where echoed.contains(name):
        guard value.isNull || value.isEmpty else {
          throw .field(place, "“\(place)” is \(value.kind), which no turn here can have; leave it out")
        }
      default: throw .unknown(name, among: ["role", "content"], in: path)
      }
    }
    guard let role else { throw .field("\(path).role", "“\(path)” has no “role”; expected such as \"role\": \"user\"") }
    guard let content else {
      throw .field("\(path).content", "“\(path)” has no “content”; expected a text, or a list of text parts")
    }
    return ChatMessage(role: role, content: content)
  }

  /// A text, or parts of one, which are joined as they are.
  private static func text(_ value: OrderedJSON, in path: String) throws(Refusal) -> String {
    if let text = value.string { return text }
    guard let parts = value.array else {
      throw .field(path, "“\(path)” is \(value.kind); expected a text, or a list of text parts")
    }
    var text = ""
    for (index, part) in parts.enumerated() {
      let place = "\(path)[\(index)]"
      guard let members = part.members, part["type"]?.string == "text", let piece = part["text"]?.string else {
        throw .field(
          place,
          "“\(place)” is \(part["type"]?.string.map { "of the type “\($0.prefix(40))”" } ?? part.kind); "
            + "expected {\"type\": \"text\", \"text\": …}")
      }
      try read(members, in: place) { name, _ throws(Refusal) in
        guard ["type", "text"].contains(name) else { throw .unknown(name, among: ["type", "text"], in: place) }
      }
      text += piece
    }
    return text
  }
}
