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
  let prompter: Prompter

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
    // Marks around thoughts and decision, and what stands before the response.
    let prompt = try prompter.prompt(messages, leaving: policy.think + policy.maxResponse + 16)
    let thoughts = try think(prompt, isCancelled: isCancelled)
    if isCancelled() { throw CancellationError() }
    onDecision(thoughts)
    let decision = policy.rule.decision(of: thoughts.map(\.vote)) ?? policy.onTie
    var ledger = TokenLedger(prompt: prompt.count)
    ledger.hidden = thoughts.reduce(0) { $0 + $1.tokens.count }
    ledger.stepsToFirst = thoughts.map(\.tokens.count).max() ?? 0
    // A vote that the policy cast for a run of thinking is none that a response can follow.
    let spoken = thoughts.filter {
      $0.ending == .closed || ($0.ending == .exhausted && policy.onExhausted == .decide)
    }
    guard let chosen = spoken.first(where: { $0.vote.decision == decision }) else {
      onText(policy.refusal)
      return Deliberation(
        decision: .refuse, thoughts: thoughts, response: policy.refusal, isPolicyRefusal: true, ledger: ledger)
    }
    var responder = Responder(
      subject: subject, most: policy.maxResponse, way: prompter.way, marks: policy.marks)
    responder.sampling = responseSampling
    let response = try responder.speak(
      prompt + chosen.tokens + prompter.beginning, decided: decision, isCancelled: isCancelled, onText: onText)
    ledger.shown = response.tokens
    return Deliberation(
      decision: decision, thoughts: thoughts, response: response.text, isPolicyRefusal: false, ledger: ledger)
  }

  var sampling: GenerationOptions.Sampling {
    policy.votes > 1 ? .temperature(policy.temperature, seed: policy.seed) : .greedy
  }
}
