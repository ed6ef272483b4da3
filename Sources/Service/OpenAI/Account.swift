import Deliberation

/// How an answer came about, in the field `palimpsest`: what was decided, by which votes, and what that took. It has
/// nothing of the text that was thought.
struct Account: Encodable, Sendable {
  struct Vote: Encodable, Sendable {
    let decision: Nullable<Decision>
    let ending: Thought.Ending
    let tokens: Int

    init(_ thought: Thought) {
      (decision, ending, tokens) = (Nullable(thought.vote.decision), thought.ending, thought.tokens.count)
    }
  }

  /// `null` where nothing is decided before the answer.
  let decision: Nullable<Decision>
  /// Whether the policy refused, in its own words.
  let byPolicy: Bool
  let votes: [Vote]
  /// Of a draft that was looked at again.
  let check: Nullable<Vote>
  let tokens: TokenLedger
  /// From the request to the first text that was seen.
  let firstSeenMs: Nullable<Double>
  /// Of that, the time in which it waited for its turn.
  let queuedMs: Double
  let policy: Nullable<String>

  init(_ answer: Answer, policy: String?, firstSeen: Duration?, queued: Duration) {
    decision = Nullable(answer.decision)
    byPolicy = answer.isPolicyRefusal
    votes = answer.thoughts.map(Vote.init)
    check = Nullable(answer.check.map(Vote.init))
    tokens = answer.ledger
    firstSeenMs = Nullable(firstSeen.map(Self.milliseconds))
    queuedMs = Self.milliseconds(queued)
    self.policy = Nullable(policy)
  }

  private static func milliseconds(_ duration: Duration) -> Double { (duration / .milliseconds(1) * 10).rounded() / 10 }
}
