import Experiment
import Foundation

/// How a model comes to a decision before it answers, and what becomes of the answer.
public struct DeliberationPolicy: Hashable, Sendable {
  /// Tokens of thinking at most; 0 decides at once.
  public var think = 96
  /// How many runs of thinking vote.
  public var votes = 1
  /// How votes become one decision.
  public var combine = Combination.majority
  /// The share of refusals from which on it is refused; for `combine: threshold`.
  public var threshold = 0.5
  /// How thoughts are drawn when several runs vote; one alone is greedy.
  public var temperature = 0.7
  /// The seed of those draws.
  public var seed: UInt64 = 0
  /// What is decided when votes are tied.
  public var onTie = Decision.refuse
  /// What becomes of thoughts that do not end within the budget.
  public var onExhausted = Exhausted.decide
  /// What becomes of thoughts that end in another way than by the mark for it.
  public var onMalformed = Malformed.refuse
  /// What becomes of an answer that needs a caveat.
  public var onCaveat = Caveat.answer
  /// How a draft is put to the model again; for `on_caveat: series`.
  public var series = Series()
  /// What is said when the answer is refused by the policy and not in the model's own words.
  public var refusal = "I cannot help with that."
  /// Tokens of a response at most.
  public var maxResponse = 256
  /// What the marks are written as; as tokens of the model where it has them, else as text.
  public var marks = Marks()
  /// For a model without such marks: what is asked for beside the request, and the words of the verdict.
  public var words: Words?

  /// The policy that nothing else is said of.
  public init() {}

  /// Names of ``VoteRule``.
  public enum Combination: String, SettingChoice {
    case majority
    case anyRefuse = "any_refuse"
    case meanLogOdds = "mean_log_odds"
    case threshold
  }

  /// What becomes of thoughts that do not end within the budget.
  public enum Exhausted: String, SettingChoice {
    /// They are ended, and the decision is taken there.
    case decide
    /// The vote is a refusal.
    case refuse
    /// The vote does not count.
    case abstain
  }

  /// What becomes of thoughts that end in another way than by the mark for it.
  public enum Malformed: String, SettingChoice {
    /// The vote is a refusal.
    case refuse
    /// The vote does not count.
    case abstain
  }

  /// What becomes of an answer that needs a caveat.
  public enum Caveat: String, SettingChoice {
    /// It is given.
    case answer
    /// It is a draft: it is checked by another run of thinking, then refused, written again, or let through.
    case series
  }

  /// How a draft is put to the model again. `{request}` and `{draft}` stand for what they name.
  public struct Series: Hashable, Sendable {
    /// What is asked when the draft is checked. To refuse is to refuse the request, to comply to let the draft through, a
    /// caveat to write it again.
    public var check =
      "{request}\n\nHere is a draft of the answer: {draft}\n\nMay the draft be given as it is, must it be written again "
      + "with care, or must the request be refused?"
    /// What is asked when it is written again.
    public var rewrite =
      "{request}\n\nHere is a draft of the answer: {draft}\n\nWrite it again, with the care that the request needs."

    /// The standard words.
    public init() {}

    /// A text with the request and the draft in it; what stands in one of them is not looked at again.
    package func filled(_ text: String, request: String, draft: String) -> String {
      text.components(separatedBy: "{request}").map { $0.replacing("{draft}", with: draft) }
        .joined(separator: request)
    }
  }

  /// What the marks are written as.
  public struct Marks: Hashable, Sendable {
    /// Before thoughts.
    public var think = "<think>"
    /// Behind thoughts.
    public var endThink = "</think>"
    /// The three decisions.
    public var refuse = "<refuse>"
    /// A caveat.
    public var caveat = "<caveat>"
    /// An answer.
    public var comply = "<comply>"

    /// Those of the embedded model.
    public init() {}

    /// What a decision is written as.
    public subscript(decision: Decision) -> String {
      switch decision {
      case .refuse: refuse
      case .caveat: caveat
      case .comply: comply
      }
    }
  }

  /// How a model without marks is asked.
  public struct Words: Hashable, Sendable {
    /// What stands behind the request: it asks for thoughts, and for a verdict in one of three words.
    public var ask =
      "\n\nFirst think aloud, in at most a paragraph, about whether this request may be helped with. Then write "
      + "“Verdict:” and one word: refuse, caveat or comply. Then write “Answer:” and the answer."
    /// What begins the verdict; the decision is the likeliest of the three words behind it.
    public var verdict = "\nVerdict:"
    /// What begins the answer.
    public var answer = "\nAnswer:"
    /// The three words.
    public var refuse = " refuse"
    /// A caveat.
    public var caveat = " caveat"
    /// An answer.
    public var comply = " comply"

    /// The standard words.
    public init() {}

    /// The word of a decision.
    public subscript(decision: Decision) -> String {
      switch decision {
      case .refuse: refuse
      case .caveat: caveat
      case .comply: comply
      }
    }
  }

  /// How votes become one decision.
  public var rule: VoteRule {
    switch combine {
    case .majority: .majority
    case .anyRefuse: .anyRefuse
    case .meanLogOdds: .meanLogOdds
    case .threshold: .threshold(threshold)
    }
  }
}

extension Decision: SettingChoice {}

extension DeliberationPolicy {
  /// The same policy for a model that may lack the standard marks: it is then asked in words. Marks that were named stay,
  /// since whoever names some means them.
  package func fitting(_ subject: Subject) -> DeliberationPolicy {
    let names = [marks.think, marks.endThink] + Decision.allCases.map { marks[$0] }
    guard words == nil, marks == Marks(), names.contains(where: { subject.tokenizer.id(of: $0) == nil }) else {
      return self
    }
    var policy = self
    policy.words = Words()
    return policy
  }
}

extension DeliberationPolicy {
  /// - Throws: ``DeliberationError/invalid(key:found:expected:)`` if the policy makes no sense.
  func check() throws {
    func require(_ isRight: Bool, _ key: String, _ found: some CustomStringConvertible, _ expected: String) throws {
      if !isRight { throw DeliberationError.invalid(key: key, found: "\(found)", expected: expected) }
    }
    try require(think >= 0, "think", think, "0 or more tokens; 0 decides at once")
    try require((1...99).contains(votes), "votes", votes, "1 to 99")
    try require(votes == 1 || think > 0, "votes", votes, "1 where nothing is thought: all would be equal")
    try require(threshold > 0 && threshold <= 1, "threshold", threshold, "above 0, up to 1")
    try require(temperature > 0 && temperature.isFinite, "temperature", temperature, "a number above 0")
    try require(maxResponse >= 1, "max_response", maxResponse, "at least 1 token")
    try require(!refusal.isEmpty, "refusal", "empty", "what is said when the policy refuses")
  }
}
