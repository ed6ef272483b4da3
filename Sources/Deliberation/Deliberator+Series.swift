import Tokenizer
import Transformer

extension Deliberator {
  /// An answer that needs a caveat, in series: a draft; another run of thinking about it; and what that decides. Only what
  /// comes out of it is shown, so that the three stand one after the other before the first token that is seen.
  ///
  /// - Parameter beginning: the prompt, the thoughts and the decision that the draft stands behind.
  func speakInSeries(
    _ messages: [ChatMessage], behind beginning: [Int], _ answer: inout Answer,
    isCancelled: @escaping @Sendable () -> Bool, onText: @escaping @Sendable (String) -> Void
  ) throws {
    let responder = Responder(self)
    let draft = try responder.speak(beginning, decided: .caveat, isCancelled: isCancelled)
    if isCancelled() { throw CancellationError() }
    answer.ledger.hidden += draft.tokens
    answer.ledger.stepsToFirst += draft.tokens

    let prompt = try prompter.prompt(asked(policy.series.check, messages, draft: draft.text), leaving: room)
    let check = try self.check(prompt, isCancelled: isCancelled)
    if isCancelled() { throw CancellationError() }
    answer.check = check
    answer.ledger.prompt += prompt.count
    answer.ledger.hidden += check.tokens.count
    answer.ledger.stepsToFirst += check.tokens.count

    func speak(_ prompt: [Int], _ decision: Decision) throws {
      let response = try responder.speak(
        prompt + check.tokens + prompter.beginning, decided: decision, isCancelled: isCancelled, onText: onText)
      answer.ledger.shown = response.tokens
      (answer.decision, answer.response) = (decision, response.text)
    }
    switch spoken(of: [check], check.vote.decision ?? policy.onTie)?.vote.decision {
    case nil: break
    case .refuse: try speak(prompt, .refuse)
    case .comply:
      // The draft was hidden, and is shown after all.
      answer.ledger.hidden -= draft.tokens
      answer.ledger.shown = draft.tokens
      (answer.decision, answer.response) = (.caveat, draft.text)
      onText(draft.text)
    case .caveat:
      let prompt = try prompter.prompt(asked(policy.series.rewrite, messages, draft: draft.text), leaving: room)
      answer.ledger.prompt += prompt.count
      try speak(prompt, .caveat)
    }
  }

  /// One more run of thinking, drawn behind those that voted, so that it is another look.
  private func check(_ prompt: [Int], isCancelled: @escaping @Sendable () -> Bool) throws -> Thought {
    var again = policy
    again.votes = 1
    var another = try Deliberator(again, subject: subject)
    another.draw = .temperature(policy.temperature, seed: policy.seed &+ 1)
    return try another.think([prompt], isCancelled: isCancelled)[0][0]
  }

  /// The conversation with the last request put in other words.
  private func asked(_ text: String, _ messages: [ChatMessage], draft: String) -> [ChatMessage] {
    var messages = messages
    if let last = messages.lastIndex(where: { $0.role == "user" }) {
      messages[last].content = policy.series.filled(text, request: messages[last].content, draft: draft)
    }
    return messages
  }
}
