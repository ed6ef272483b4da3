import Experiment
import Foundation
import Synchronization
import Tokenizer
import Transformer

/// Answers requests as a policy says: thinks, votes, decides, and lets only the response be seen.
///
///     let deliberator = try Deliberator(policy, subject: subject)
///     let answer = try deliberator.answer([.user("How do I open a jar?")]) { print($0, terminator: "") }
///
/// Votes on one request share one prefill and run as one ragged batch. They are drawn by the policy's seed, so the same
/// request is answered in the same way.
public struct Deliberator: Sendable {
  /// The policy.
  public let policy: DeliberationPolicy
  /// The model.
  public let subject: Subject
  /// How the tokens of a response are chosen; those of thoughts are drawn as the policy says.
  public var responseSampling = GenerationOptions.Sampling.greedy
  package let prompter: Prompter

  /// - Throws: ``DeliberationError`` if the policy makes no sense, or the model lacks what it needs.
  public init(_ policy: DeliberationPolicy, subject: Subject) throws {
    try policy.check()
    (self.policy, self.subject) = (policy, subject)
    prompter = try Prompter(policy, subject: subject)
  }

  /// Answers a conversation.
  ///
  /// - Parameters:
  ///   - isCancelled: asked before each token; the answer then ends as it is.
  ///   - onDecision: given what was thought, when it is decided and before the response begins.
  ///   - onText: given the response as it comes, and nothing else.
  /// - Throws: ``DeliberationError`` for what cannot be answered; `CancellationError` if it was stopped before it spoke.
  public func answer(
    _ messages: [ChatMessage], isCancelled: @escaping @Sendable () -> Bool = { false },
    onDecision: ([Thought]) -> Void = { _ in },
    onText: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> Deliberation {
    let prompt = try prompter.prompt(messages, leaving: room)
    let thoughts = try think([prompt], isCancelled: isCancelled)[0]
    if isCancelled() { throw CancellationError() }
    onDecision(thoughts)
    let decision = policy.rule.decision(of: thoughts.map(\.vote)) ?? policy.onTie
    var answer = Answer(ledger: TokenLedger(prompt: prompt.count))
    answer.ledger.hidden = thoughts.reduce(0) { $0 + $1.tokens.count }
    answer.ledger.stepsToFirst = thoughts.map(\.tokens.count).max() ?? 0
    if let chosen = spoken(of: thoughts, decision) {
      let beginning = prompt + chosen.tokens + prompter.beginning
      if decision == .caveat, policy.onCaveat == .series {
        try speakInSeries(messages, behind: beginning, &answer, isCancelled: isCancelled, onText: onText)
      } else {
        let response = try Responder(self).speak(beginning, decided: decision, isCancelled: isCancelled, onText: onText)
        answer.ledger.shown = response.tokens
        (answer.response, answer.decision) = (response.text, decision)
      }
    }
    if answer.decision == nil { onText(policy.refusal) }
    return Deliberation(
      decision: answer.decision ?? .refuse, thoughts: thoughts, response: answer.response ?? policy.refusal,
      isPolicyRefusal: answer.decision == nil, check: answer.check, ledger: answer.ledger)
  }

  /// What an answer comes to on the way; without a decision it is the policy's refusal.
  struct Answer {
    var decision: Decision?
    var response: String?
    var check: Thought?
    var ledger: TokenLedger
  }

  /// Tokens that are to fit behind a prompt: marks around thoughts and decision, and what stands before the response, too.
  package var room: Int { policy.think + policy.maxResponse + 16 }

  /// The thought that a response with this decision can follow: a vote that the policy cast for a run is none.
  package func spoken(of thoughts: [Thought], _ decision: Decision) -> Thought? {
    thoughts.first {
      $0.vote.decision == decision
        && ($0.ending == .closed || ($0.ending == .exhausted && policy.onExhausted == .decide))
    }
  }

  /// How thoughts are drawn, if not as the policy says.
  var draw: GenerationOptions.Sampling?

  var sampling: GenerationOptions.Sampling {
    draw ?? (policy.votes > 1 ? .temperature(policy.temperature, seed: policy.seed) : .greedy)
  }
}
