import Deliberation
import Experiment
import Synchronization
import Tensor
import Tokenizer
import Transformer

/// What answers requests: a model, at once or as a policy says.
public struct Answerer: Sendable {
  /// Answers a request on the thread that asks. It asks before each token whether the answer is no longer wanted, and
  /// hands on the response as it comes.
  package typealias Function =
    @Sendable (
      _ request: ChatRequest, _ isCancelled: @escaping @Sendable () -> Bool,
      _ onText: @escaping @Sendable (String) -> Void
    ) throws -> Answer

  /// The model's name.
  public let model: String
  /// What names model and policy in answers: equal ones give equal answers.
  public let fingerprint: String
  /// The digest of the policy, if there is one.
  public let policy: String?
  let answer: Function

  /// An answerer from its parts.
  package init(model: String, fingerprint: String = "", policy: String? = nil, answer: @escaping Function) {
    (self.model, self.fingerprint, self.policy, self.answer) = (model, fingerprint, policy, answer)
  }

  /// A model that answers as a policy says, or at once if there is none.
  ///
  /// - Parameter most: tokens of a response at most; the policy's if `nil`.
  /// - Throws: ``DeliberationError`` if the policy makes no sense, or the model lacks what it needs.
  public init(subject: Subject, policy: DeliberationPolicy?, most: Int? = nil) throws {
    var policy = policy
    if let most { policy?.maxResponse = most }
    // What is wrong with the policy is told now, and not to the first client.
    if let policy { _ = try Deliberator(policy, subject: subject) }
    let digest = policy.map { Digest(of: $0.canonical).short }
    let most = most ?? policy?.maxResponse ?? DeliberationPolicy().maxResponse
    self.init(
      model: subject.name, fingerprint: "\(subject.digest.short)-\(digest ?? "direct")", policy: digest
    ) { [policy] request, isCancelled, onText in
      let stop = Mutex(StopText(request.stop))
      let seen: @Sendable (String) -> Void = { text in
        let certain = stop.withLock { $0.append(text) }
        if !certain.isEmpty { onText(certain) }
      }
      let limit = min(request.maxTokens ?? most, most)
      var answer = try Self.answer(
        request, subject, policy, limit, isCancelled: { isCancelled() || stop.withLock { $0.hasEnded } }, onText: seen)
      let rest = stop.withLock { $0.finish() }
      if !rest.isEmpty { onText(rest) }
      stop.withLock { stop in
        answer.response = stop.passed
        if stop.hasEnded { answer.finish = .stop }
      }
      return answer
    }
  }

  private static func answer(
    _ request: ChatRequest, _ subject: Subject, _ policy: DeliberationPolicy?, _ limit: Int,
    isCancelled: @escaping @Sendable () -> Bool, onText: @escaping @Sendable (String) -> Void
  ) throws -> Answer {
    let seed = request.seed ?? policy?.seed ?? 0
    let sampling: GenerationOptions.Sampling =
      request.temperature > 0 ? .temperature(request.temperature, seed: seed) : .greedy
    guard var policy else {
      var responder = Responder(subject: subject, most: limit)
      responder.sampling = sampling
      let (response, ledger) = try responder.answer(request.messages, isCancelled: isCancelled, onText: onText)
      return Answer(response: response, finish: ledger.shown < limit ? .stop : .length, ledger: ledger)
    }
    (policy.seed, policy.maxResponse) = (seed, limit)
    var deliberator = try Deliberator(policy, subject: subject)
    deliberator.responseSampling = sampling
    let deliberation = try deliberator.answer(request.messages, isCancelled: isCancelled, onText: onText)
    var answer = Answer(
      response: deliberation.response, finish: deliberation.ledger.shown < limit ? .stop : .length,
      ledger: deliberation.ledger)
    (answer.decision, answer.thoughts) = (deliberation.decision, deliberation.thoughts)
    (answer.isPolicyRefusal, answer.check) = (deliberation.isPolicyRefusal, deliberation.check)
    return answer
  }
}
