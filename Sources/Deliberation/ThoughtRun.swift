import Tokenizer

/// A run of thinking as the model wrote it, before anything is made of it: what a budget leaves of it is told afterwards,
/// so that one run serves every budget up to its own.
package struct ThoughtRun: Hashable, Sendable {
  /// Why no more was written.
  package enum Ending: Hashable, Sendable {
    /// A decision was written, or the text ended.
    case stopped
    /// There was no room for more.
    case cut
    /// It was no longer wanted.
    case cancelled
  }

  /// What was written: from the mark before thoughts on, where there are marks.
  package var tokens: [Int]
  /// Why no more was.
  package var ending: Ending

  /// What was written, and why no more was.
  package init(tokens: [Int], ending: Ending) { (self.tokens, self.ending) = (tokens, ending) }
}

extension Prompter {
  /// What a run of thinking is within a budget. Its vote is cast only if it wrote a decision itself.
  ///
  /// - Parameter budget: tokens of thinking, marks not counted.
  package func thought(_ run: ThoughtRun, budget: Int) -> Thought {
    switch way {
    case .marks(_, let endThink, let decisions): inMarks(run, budget, endThink, decisions)
    case .words(let words): inWords(run, budget, words)
    }
  }

  private func inMarks(_ run: ThoughtRun, _ budget: Int, _ endThink: Int, _ decisions: [Decision: Int]) -> Thought {
    let tokens = run.tokens
    let close = tokens.firstIndex(of: endThink)
    // The mark before the thoughts is in front of them.
    let length = (close ?? (run.ending == .stopped ? tokens.count - 1 : tokens.count)) - 1
    guard length <= budget else {
      return Thought(tokens: Array(tokens.prefix(1 + budget)), ending: .exhausted, vote: Vote(nil))
    }
    guard let close else {
      let whole = run.ending == .stopped ? Array(tokens.dropLast()) : tokens
      let ending: Thought.Ending =
        switch run.ending {
        case .stopped: .malformed
        case .cancelled: .cancelled
        case .cut: .exhausted
        }
      return Thought(tokens: whole, ending: ending, vote: Vote(nil))
    }
    guard let behind = tokens.dropFirst(close + 1).first else {
      return Thought(tokens: tokens, ending: run.ending == .cancelled ? .cancelled : .closed, vote: Vote(nil))
    }
    guard let decision = decisions.first(where: { $0.value == behind })?.key else {
      return Thought(tokens: Array(tokens[...close]), ending: .malformed, vote: Vote(nil))
    }
    return Thought(tokens: Array(tokens[...(close + 1)]), ending: .closed, vote: Vote(decision))
  }

  private func inWords(_ run: ThoughtRun, _ budget: Int, _ words: DeliberationPolicy.Words) -> Thought {
    let verdict = tokenizer.encode(words.verdict)
    var reader = VerdictReader(words.verdict, tokenizer)
    for token in run.tokens.prefix(budget) where reader.isOpen { reader.append(token) }
    let isWhole = run.tokens.count <= budget && reader.isOpen
    let ending: Thought.Ending =
      switch run.ending {
      case _ where !reader.isOpen || budget == 0: .closed
      case .stopped where isWhole: .malformed
      case .cancelled where isWhole: .cancelled
      default: .exhausted
      }
    let text = reader.isOpen ? tokenizer.decode(Array(run.tokens.prefix(budget))) : reader.text
    return Thought(tokens: tokenizer.encode(text) + verdict, ending: ending, vote: Vote(nil))
  }
}

/// Finds where a text comes to its verdict, as it is written.
struct VerdictReader: Sendable {
  private var decoder: StreamingDecoder
  private var scanner: MarkerScanner
  /// What was written before the verdict.
  private(set) var text = ""
  /// Whether there is no verdict yet.
  private(set) var isOpen = true

  init(_ verdict: String, _ tokenizer: Tokenizer) {
    decoder = tokenizer.streamingDecoder()
    scanner = MarkerScanner([.endThink: verdict])
  }

  mutating func append(_ token: Int) {
    for piece in scanner.append(decoder.append(token)) where isOpen {
      switch piece {
      case .text(let more): text += more
      case .mark: isOpen = false
      }
    }
  }
}
