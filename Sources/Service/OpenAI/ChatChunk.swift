/// A piece of an answer.
struct ChatChunk: Encodable, Sendable {
  /// What is new of the one choice.
  struct Choice: Encodable, Sendable {
    struct Delta: Encodable, Sendable {
      var role: String?
      var content: String?
    }

    let index = 0
    let delta: Delta
    let logprobs = Nullable<String>(nil)
    let finishReason: Nullable<Finish>
  }

  let id: String
  let object = "chat.completion.chunk"
  let created: Int
  let model: String
  let systemFingerprint: String
  let choices: [Choice]
  let usage: Usage?
  let palimpsest: Account?

  private init(_ header: AnswerHeader, _ choices: [Choice], usage: Usage? = nil, account: Account? = nil) {
    (id, created, model, systemFingerprint) = (header.id, header.created, header.model, header.fingerprint)
    (self.choices, self.usage, palimpsest) = (choices, usage, account)
  }

  /// Who speaks.
  static func beginning(_ header: AnswerHeader) -> ChatChunk {
    ChatChunk(
      header, [Choice(delta: .init(role: "assistant", content: ""), finishReason: Nullable(nil))])
  }

  /// More of the response.
  static func text(_ text: String, _ header: AnswerHeader) -> ChatChunk {
    ChatChunk(header, [Choice(delta: .init(content: text), finishReason: Nullable(nil))])
  }

  /// How it ended, and how it came about.
  static func ending(_ finish: Finish, _ account: Account, _ header: AnswerHeader) -> ChatChunk {
    ChatChunk(header, [Choice(delta: .init(), finishReason: Nullable(finish))], account: account)
  }

  /// What it took.
  static func usage(_ usage: Usage, _ header: AnswerHeader) -> ChatChunk { ChatChunk(header, [], usage: usage) }
}
