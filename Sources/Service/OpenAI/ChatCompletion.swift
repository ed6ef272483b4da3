import Deliberation

/// An answer that is there as a whole.
struct ChatCompletion: Encodable, Sendable {
  /// The one choice.
  struct Choice: Encodable, Sendable {
    struct Message: Encodable, Sendable {
      let role = "assistant"
      let content: String
      let refusal = Nullable<String>(nil)
    }

    let index = 0
    let message: Message
    let logprobs = Nullable<String>(nil)
    let finishReason: Finish
  }

  let id: String
  let object = "chat.completion"
  let created: Int
  let model: String
  let systemFingerprint: String
  let choices: [Choice]
  let usage: Usage
  let palimpsest: Account

  init(_ answer: Answer, header: AnswerHeader, account: Account) {
    (id, created, model, systemFingerprint) = (header.id, header.created, header.model, header.fingerprint)
    choices = [Choice(message: .init(content: answer.response), finishReason: answer.finish)]
    usage = Usage(answer.ledger)
    palimpsest = account
  }
}

/// How a response ended.
public enum Finish: String, Codable, Hashable, Sendable {
  /// By itself, or at one of the texts that were to end it.
  case stop
  /// At the most tokens that it may have.
  case length
}

/// What every piece of an answer says of itself.
struct AnswerHeader: Sendable {
  let id: String
  let created: Int
  let model: String
  let fingerprint: String
}
