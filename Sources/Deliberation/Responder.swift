import Experiment
import Synchronization
import Tokenizer
import Transformer

/// Lets a model speak, and passes on what may be seen of it as it comes.
public struct Responder: Sendable {
  private let subject: Subject
  private let most: Int
  private let way: Prompter.Way?
  private let marks: DeliberationPolicy.Marks
  /// How the tokens of a response are chosen.
  public var sampling = GenerationOptions.Sampling.greedy

  /// A model that answers at once. Should it think all the same, in the standard marks, what it thinks is not shown.
  ///
  /// - Parameter most: tokens of a response.
  public init(subject: Subject, most: Int = DeliberationPolicy().maxResponse) {
    let policy = DeliberationPolicy()
    let way = (try? Prompter(policy, subject: subject))?.way
    self.init(subject: subject, most: most, way: way, marks: policy.marks)
  }

  package init(_ deliberator: Deliberator) {
    self.init(
      subject: deliberator.subject, most: deliberator.policy.maxResponse, way: deliberator.prompter.way,
      marks: deliberator.policy.marks)
    sampling = deliberator.responseSampling
  }

  private init(subject: Subject, most: Int, way: Prompter.Way?, marks: DeliberationPolicy.Marks) {
    (self.subject, self.most, self.way, self.marks) = (subject, most, way, marks)
  }

  /// Answers a conversation without thinking first.
  ///
  /// - Parameters:
  ///   - isCancelled: asked before each token; the answer then ends as it is.
  ///   - onText: given the response as it comes.
  /// - Returns: the response, and the tokens of prompt and response.
  /// - Throws: ``DeliberationError`` for what cannot be answered.
  public func answer(
    _ messages: [ChatMessage], isCancelled: @escaping @Sendable () -> Bool = { false },
    onText: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> (response: String, ledger: TokenLedger) {
    let prompt = try Self.prompt(messages, of: subject, deliberates: false, leaving: most)
    let spoken = try speak(prompt, decided: .comply, isCancelled: isCancelled, onText: onText)
    return (spoken.text, TokenLedger(prompt: prompt.count, shown: spoken.tokens))
  }

  /// The tokens of a conversation, if there is something to answer and room for the answer.
  package static func prompt(
    _ messages: [ChatMessage], of subject: Subject, deliberates: Bool, leaving room: Int
  ) throws -> [Int] {
    guard let last = messages.last, !last.content.allSatisfy(\.isWhitespace) else {
      throw DeliberationError.emptyPrompt
    }
    let prompt = try subject.prompt(of: messages, variables: ["deliberate": .bool(deliberates)])
    let allowed = subject.model.configuration.maximumPositions - room
    guard prompt.count <= allowed else {
      throw DeliberationError.tooLong(tokens: prompt.count, allowed: max(0, allowed))
    }
    return prompt
  }

  /// Writes the responses behind several sequences of tokens, side by side.
  ///
  /// - Parameter decisions: what was decided of each.
  /// - Returns: of each what the user sees, and the tokens that it took.
  package func speak(_ prompts: [[Int]], decided decisions: [Decision]) throws -> [(text: String, tokens: [Int])] {
    let options = GenerationOptions(maxNewTokens: most, stop: subject.stop)
    let generation = try subject.model.generate(prompts: prompts, options: options)
    return zip(generation.sequences, decisions).map { generated, decision in
      var stream = ResponseStream(decided: decision, way, marks, subject)
      for token in generated.tokens { _ = stream.append(token) }
      _ = stream.finish()
      return (stream.shown, generated.text)
    }
  }

  /// What a user sees of a whole answer, thoughts and all; `nil` for a model that is asked in words, whose thoughts are
  /// told from its response by the one who asks.
  package func shown(of answer: [Int]) -> String? {
    guard case .marks? = way else { return nil }
    var stream = ResponseStream(decided: nil, way, marks, subject)
    for token in answer { _ = stream.append(token) }
    _ = stream.finish()
    return stream.shown
  }

  /// Writes a response behind some tokens.
  func speak(
    _ prompt: [Int], decided decision: Decision, isCancelled: @escaping @Sendable () -> Bool,
    onText: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> (text: String, tokens: Int) {
    var options = GenerationOptions(maxNewTokens: most, stop: subject.stop, sampling: sampling)
    options.isAbandoned = { _ in isCancelled() }
    let stream = Mutex(ResponseStream(decided: decision, way, marks, subject))
    let generation = try subject.model.generate(prompts: [prompt], options: options) { token in
      let text = stream.withLock { $0.append(token.token) }
      if !text.isEmpty { onText(text) }
    }
    let rest = stream.withLock { $0.finish() }
    if !rest.isEmpty { onText(rest) }
    return (stream.withLock { $0.shown }, generation.sequences[0].text.count)
  }
}
