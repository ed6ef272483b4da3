/// One run of thinking.
public struct Thought: Hashable, Sendable {
  /// How it ended.
  public enum Ending: String, Codable, Hashable, Sendable {
    /// By the mark for it.
    case closed
    /// At the budget.
    case exhausted
    /// In another way: the answer ended, or a decision stood inside of it.
    case malformed
    /// It was stopped, since the other votes had settled the decision.
    case cancelled
  }

  /// The tokens between prompt and response: thoughts, marks and decision.
  public var tokens: [Int]
  /// How it ended.
  public var ending: Ending
  /// What it came to.
  public var vote: Vote
}

/// How a request was answered: what was thought, decided and said, and what that took.
public struct Deliberation: Sendable {
  /// What was decided.
  public let decision: Decision
  /// The runs of thinking, in the order of their numbers.
  public let thoughts: [Thought]
  /// What the user sees.
  public let response: String
  /// Whether the response is the policy's refusal, since no run of thinking came to the decision.
  public let isPolicyRefusal: Bool
  /// What was thought of the draft, where the policy looks at one again; `nil` elsewhere.
  public let check: Thought?
  /// What it took, in tokens: equal on every machine.
  public let ledger: TokenLedger
}

/// Tokens that an answer took.
public struct TokenLedger: Codable, Hashable, Sendable {
  /// Of the prompt; of all prompts, where a draft is looked at again.
  public var prompt = 0
  /// Generated and never shown: thoughts and decisions of every vote, and drafts.
  public var hidden = 0
  /// Of the response.
  public var shown = 0
  /// Steps one after the other before the first token of the response: votes think side by side, a draft, its check and
  /// its rewriting one after the other.
  public var stepsToFirst = 0

  /// So many tokens.
  public init(prompt: Int = 0, hidden: Int = 0, shown: Int = 0, stepsToFirst: Int = 0) {
    (self.prompt, self.hidden, self.shown, self.stepsToFirst) = (prompt, hidden, shown, stepsToFirst)
  }
}
