import Experiment
import Tokenizer

/// What a model reads before it thinks, and the marks that it thinks in, as tokens.
package struct Prompter: Sendable {
  /// How a model tells its thoughts, decision and response apart.
  enum Way: Sendable {
    /// By tokens of its own: those before and behind thoughts, those of each decision, and the one behind it.
    case marks(think: Int, endThink: Int, decisions: [Decision: Int])
    /// By words that it was asked for.
    case words(DeliberationPolicy.Words)
  }

  let way: Way
  var tokenizer: Tokenizer { subject.tokenizer }
  private let subject: Subject

  /// - Throws: ``DeliberationError`` if the model has no such tokens, and no words are given.
  init(_ policy: DeliberationPolicy, subject: Subject) throws {
    self.subject = subject
    let tokenizer = subject.tokenizer
    if let words = policy.words {
      let first = Decision.allCases.map { tokenizer.encode(words[$0]).first }
      guard Set(first).count == first.count, !first.contains(nil) else {
        throw DeliberationError.wordsAlike(Decision.allCases.map { words[$0] })
      }
      way = .words(words)
      return
    }
    let marks = policy.marks
    let names = [marks.think, marks.endThink] + Decision.allCases.map { marks[$0] }
    let missing = names.filter { tokenizer.id(of: $0) == nil }
    guard missing.isEmpty, Set(names).count == names.count, let think = tokenizer.id(of: marks.think),
      let endThink = tokenizer.id(of: marks.endThink)
    else { throw DeliberationError.noMarks(missing: missing, model: subject.name) }
    way = .marks(
      think: think, endThink: endThink,
      decisions: Dictionary(
        uniqueKeysWithValues: Decision.allCases.compactMap { decision in
          tokenizer.id(of: marks[decision]).map { (decision, $0) }
        }))
  }

  /// The tokens of a conversation, up to where the model is to think.
  ///
  /// - Parameter room: tokens that are to fit behind it.
  /// - Throws: `TemplateError`, or ``DeliberationError`` if it is empty or too long.
  package func prompt(_ messages: [ChatMessage], leaving room: Int) throws -> [Int] {
    var messages = messages
    if case .words(let words) = way, let last = messages.lastIndex(where: { $0.role == "user" }),
      !messages[last].content.allSatisfy(\.isWhitespace)
    {
      messages[last].content += words.ask
    }
    return try Responder.prompt(messages, of: subject, deliberates: true, leaving: room)
  }

  /// What stands between decision and response.
  package var beginning: [Int] {
    switch way {
    case .marks: subject.tokenizer.encode("\n")
    case .words(let words): subject.tokenizer.encode(words.answer)
    }
  }

  // MARK: Thoughts

  /// Thoughts that hold nothing: what a decision that is taken at once stands behind.
  package var nothing: [Int] {
    switch way {
    case .marks(let think, let endThink, _): [think, endThink]
    case .words: []
    }
  }

  /// The tokens of a thought up to where its decision stands.
  package func ended(_ thought: Thought) -> [Int] {
    var tokens = thought.tokens
    guard case .marks(_, let endThink, _) = way else { return tokens }
    if thought.vote.decision != nil { tokens.removeLast() }
    if tokens.last != endThink { tokens.append(endThink) }
    return tokens
  }

  /// The tokens that a decision is written as.
  package func tokens(of decision: Decision) -> [Int] {
    switch way {
    case .marks(_, _, let decisions): [decisions[decision]].compactMap { $0 }
    case .words(let words): tokenizer.encode(words[decision])
    }
  }

  /// The token that each decision begins with.
  package var choices: [Decision: Int] {
    switch way {
    case .marks(_, _, let decisions): decisions
    case .words(let words):
      Dictionary(
        uniqueKeysWithValues: Decision.allCases.compactMap { decision in
          tokenizer.encode(words[decision]).first.map { (decision, $0) }
        })
    }
  }
}
