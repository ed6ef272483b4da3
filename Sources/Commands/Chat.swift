import ArgumentParser
import Deliberation
import Experiment
import Foundation
import Project
import Synchronization
import Tokenizer

/// `palimpsest chat`
struct Chat: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Talk to a model, which may think and decide before it answers; only the answer is shown.",
    discussion: """
      Each line is a turn of one conversation; /new begins another. Ctrl-C stops an answer, Ctrl-D ends the session. The
      thoughts of a policy stay hidden unless they are asked for. From a pipe each line is answered in turn.

      EXAMPLES
        palimpsest chat aligned-small
        palimpsest chat DIR --deliberate policy.yaml --votes 5
        echo "How do I open my jar?" | palimpsest chat DIR --votes 3 --json
      """)

  @Argument(help: ModelCommand.modelHelp, completion: .directory)
  var model: String

  @OptionGroup var policy: PolicyOptions

  @Flag(help: "Each line is a conversation of its own.")
  var single = false

  @Flag(help: "Show thoughts and votes before the answer.")
  var showThoughts = false

  @Flag(help: "Print JSON, a line for each answer.")
  var json = false

  @OptionGroup var engine: EngineOptions

  func run() throws {
    try engine.apply()
    let subject = try Subject(name: ModelPlace.of(model).lastPathComponent, directory: ModelPlace.of(model))
    let session = try ChatSession(
      policy: try policy.policy(), subject: subject, showsThoughts: showThoughts, json: json)
    let editor = LineEditor()
    Interrupt.watchAnswers()
    var conversation: [ChatMessage] = []
    var failures = 0
    while let line = editor.line("> ") {
      if line.allSatisfy(\.isWhitespace) { continue }
      if line == "/new" || single { conversation = [] }
      if line == "/new" { continue }
      let presses = Interrupt.presses
      do {
        let answer = try session.answer(conversation + [.user(line)]) { Interrupt.presses > presses }
        conversation += [.user(line), .assistant(answer)]
      } catch is CancellationError {
        Terminal.note("stopped")
      } catch let error as DeliberationError {
        Terminal.error("\(error)")
        failures += 1
      }
    }
    if failures > 0, isatty(STDIN_FILENO) == 0 { throw Status.mistake }
  }

}

/// Answers turns, and says what each took.
private struct ChatSession {
  private let responder: Responder
  private let deliberator: Deliberator?
  private let subject: Subject
  private let showsThoughts: Bool
  private let json: Bool

  init(policy: DeliberationPolicy?, subject: Subject, showsThoughts: Bool, json: Bool) throws {
    deliberator = try policy.map { try Deliberator($0, subject: subject) }
    responder = Responder(subject: subject, most: policy?.maxResponse ?? DeliberationPolicy().maxResponse)
    (self.subject, self.showsThoughts, self.json) = (subject, showsThoughts, json)
  }

  /// What `--json` prints of an answer.
  private struct Line: Encodable {
    struct Vote: Encodable {
      let decision: Decision?
      let ending: Thought.Ending
      let tokens: Int
      let thoughts: String?
    }

    let request: String
    let response: String
    let decision: Decision?
    let votes: [Vote]
    let tokens: TokenLedger
    let firstSeen: Double?
    let seconds: Double
  }

  func answer(_ messages: [ChatMessage], isCancelled: @escaping @Sendable () -> Bool) throws -> String {
    let start = ContinuousClock.now
    let first = Mutex<Double?>(nil)
    let streams = !json
    let onText: @Sendable (String) -> Void = { text in
      first.withLock { if $0 == nil { $0 = (ContinuousClock.now - start) / .seconds(1) } }
      if streams { Terminal.output(text) }
    }
    let deliberation = try deliberator?.answer(messages, isCancelled: isCancelled) { thoughts in
      if showsThoughts, streams { show(thoughts) }
    } onText: {
      onText($0)
    }
    let direct = deliberation == nil ? try responder.answer(messages, isCancelled: isCancelled, onText: onText) : nil
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let response = deliberation?.response ?? direct?.response ?? ""
    let ledger = deliberation?.ledger ?? direct?.ledger ?? TokenLedger()
    let seen = first.withLock { $0 }
    if json {
      let votes = (deliberation?.thoughts ?? []).map { thought in
        Line.Vote(
          decision: thought.vote.decision, ending: thought.ending, tokens: thought.tokens.count,
          thoughts: showsThoughts ? subject.tokenizer.decode(thought.tokens) : nil)
      }
      let line = Line(
        request: messages.last?.content ?? "", response: response, decision: deliberation?.decision, votes: votes,
        tokens: ledger, firstSeen: seen, seconds: seconds)
      Terminal.output(try JSONLine.encode(line) + "\n")
    } else {
      Terminal.output("\n")
      Terminal.status(status(deliberation, ledger, firstSeen: seen))
    }
    return response
  }

  private func show(_ thoughts: [Thought]) {
    for thought in thoughts {
      Terminal.output(Terminal.faint(subject.tokenizer.decode(thought.tokens)) + "\n")
    }
  }

  private func status(_ deliberation: Deliberation?, _ ledger: TokenLedger, firstSeen: Double?) -> String {
    var parts: [String] = []
    if let deliberation {
      let counted = deliberation.thoughts.filter { $0.vote.decision != nil }
      let agreeing = counted.count { $0.vote.decision == deliberation.decision }
      parts = [deliberation.decision.rawValue, "\(agreeing) of \(deliberation.thoughts.count) votes"]
      if deliberation.isPolicyRefusal { parts.append("by the policy") }
      parts.append("\(ledger.hidden) tokens hidden")
    }
    parts.append("\(ledger.shown) shown")
    if let firstSeen { parts.append("first seen after \(Terminal.duration(firstSeen))") }
    return parts.joined(separator: " · ")
  }
}
