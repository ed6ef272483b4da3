import Foundation
import Tokenizer

/// A request for an answer, as `POST /v1/chat/completions` takes it.
public struct ChatRequest: Hashable, Sendable {
  /// The model that it names, if it names one.
  public var model: String?
  /// The conversation.
  public var messages: [ChatMessage] = []
  /// Tokens of the response at most; what the server allows stays the limit.
  public var maxTokens: Int?
  /// Whether the answer is to come in pieces.
  public var streams = false
  /// Whether a stream tells in the end what it took.
  public var includesUsage = false
  /// How the response is drawn; 0 takes the likeliest token each time.
  public var temperature = 0.0
  /// The seed of all draws, in place of the policy's.
  public var seed: UInt64?
  /// Texts that end the response, and are not part of it.
  public var stop: [String] = []

  /// A request for an answer to a conversation.
  public init(_ messages: [ChatMessage] = []) { self.messages = messages }
}

extension ChatRequest {
  /// Reads a body.
  ///
  /// - Throws: ``Refusal`` if it is no JSON, lacks messages, or has a field that is unknown, of another form, or would be
  ///   passed over in a way that matters.
  init(parsing body: [UInt8]) throws(Refusal) {
    self.init()
    guard !body.isEmpty else {
      throw .field("messages", "the body is empty; expected JSON such as {\"messages\": [{\"role\": \"user\", …}]}")
    }
    let json: OrderedJSON
    do {
      json = try OrderedJSON.read(Data(body), file: "body")
    } catch TokenizerError.malformedJSON(_, let line, let column, let reason) {
      throw Refusal(
        status: .badRequest, message: "the body is no JSON: line \(line), column \(column): \(reason)",
        code: "malformed_json")
    } catch {
      throw Refusal(status: .badRequest, message: "the body is no JSON: \(error)", code: "malformed_json")
    }
    guard let members = json.members else {
      throw .field(nil, "the body is \(json.kind); expected an object with “messages”")
    }
    try Self.read(members, in: nil) { name, value throws(Refusal) in
      guard let field = Self.fields.first(where: { $0.name == name }) else {
        throw .unknown(name, among: Self.fields.map(\.name), in: nil)
      }
      guard !value.isNull else { return }
      try field.read(value, &self)
    }
    guard !messages.isEmpty else {
      throw .field("messages", "there are no messages; expected a list with at least one turn of the user")
    }
  }

  /// Goes through the members of an object, of which none may stand there twice.
  static func read(
    _ members: [OrderedJSON.Member], in path: String?, _ body: (String, OrderedJSON) throws(Refusal) -> Void
  ) throws(Refusal) {
    var seen: Set<String> = []
    for member in members {
      let place = path.map { "\($0).\(member.key)" } ?? member.key
      guard seen.insert(member.key).inserted else {
        throw .field(place, "“\(place)” is given twice; expected it once")
      }
      try body(member.key, member.value)
    }
  }
}

extension Refusal {
  /// A field that is not what it should be.
  static func field(_ param: String?, _ message: String, code: String = "invalid_value") -> Refusal {
    Refusal(status: .badRequest, message: message, param: param, code: code)
  }
}
