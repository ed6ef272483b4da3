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
  /// Whether the response is the policy's refusal.
  public var isPolicyRefusal = false
}
