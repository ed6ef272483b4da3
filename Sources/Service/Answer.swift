import Deliberation

/// An answer, and how it came about.
public struct Answer: Sendable {
  /// What the user sees.
  public var response: String
  /// How the response ended.
  public var finish: Finish
  /// What it took.
  public var ledger: TokenLedger
  /// What was decided, where something is decided before the answer.
  public var decision: Decision?
  /// The runs of thinking.
  public var thoughts: [Thought] = []
  /// What was thought of a draft, where the policy looks at one again.
  public var check: Thought?
  /// Whether the response is the policy's refusal.
  public var isPolicyRefusal = false

  /// An answer from what was said and what it took.
  public init(response: String, finish: Finish, ledger: TokenLedger) {
    (self.response, self.finish, self.ledger) = (response, finish, ledger)
  }
}
