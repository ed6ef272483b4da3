import Foundation
import Synchronization
import Tokenizer
import Transformer

extension Deliberator {
  /// Thinks as often as there are votes, side by side; what the others have settled is not thought to its end.
  func think(_ prompt: [Int], isCancelled: @escaping @Sendable () -> Bool) throws -> [Thought] {
    let thoughts =
      switch prompter.way {
      case .marks(let think, let endThink, let decisions):
        try thinkInMarks(prompt, think, endThink, decisions, isCancelled)
      case .words(let words): try thinkInWords(prompt, words, isCancelled)
      }
    return try thoughts.map { thought in
      var thought = thought
      switch (thought.ending, policy.onExhausted, policy.onMalformed) {
      case (.exhausted, .refuse, _), (.malformed, _, .refuse): thought.vote = Vote(.refuse)
      case (.exhausted, .abstain, _), (.malformed, _, .abstain), (.cancelled, _, _): thought.vote = Vote(nil)
      case (.exhausted, .decide, _), (.closed, _, _):
        guard thought.vote.decision == nil || policy.combine == .meanLogOdds else { return thought }
        try decide(&thought, after: prompt)
      }
      return thought
    }
  }

  private func drawing(until stop: Set<Int>, most: Int) -> GenerationOptions {
    var options = GenerationOptions(maxNewTokens: most, stop: stop, sampling: sampling)
    options.draws = (0..<policy.votes).map(UInt64.init)
    return options
  }

  // MARK: In marks

  private func thinkInMarks(
    _ prompt: [Int], _ think: Int, _ endThink: Int, _ decisions: [Decision: Int],
    _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [Thought] {
    guard policy.think > 0 else {
      return (0..<policy.votes).map { _ in Thought(tokens: [think, endThink], ending: .closed, vote: Vote(nil)) }
    }
    let byToken = Dictionary(uniqueKeysWithValues: decisions.map { ($0.value, $0.key) })
    let ballot = Ballot(rule: policy.rule, count: policy.votes)
    // Thoughts, the mark behind them, and the decision.
    var options = drawing(until: subject.stop.union(byToken.keys), most: policy.think + 2)
    options.forcedPrefixes = (0..<policy.votes).map { _ in [think] }
    options.isAbandoned = { isCancelled() || ballot.isSettled(without: $0) }
    let generation = try subject.model.generate(
      prompts: (0..<policy.votes).map { _ in prompt }, options: options
    ) { token in
      ballot.see(token, endThink: endThink, decision: byToken[token.token])
    }
    return generation.sequences.enumerated().map { index, generated in
      let tokens = generated.tokens
      guard let close = tokens.firstIndex(of: endThink) else {
        let ending: Thought.Ending =
          generated.stopped ? .malformed : ballot.isSettled(without: index) ? .cancelled : .exhausted
        return Thought(tokens: generated.stopped ? Array(tokens.dropLast()) : tokens, ending: ending, vote: Vote(nil))
      }
      guard close <= policy.think else {
        return Thought(tokens: Array(tokens[..<close]), ending: .exhausted, vote: Vote(nil))
      }
      let behind = tokens.dropFirst(close + 1).first
      if let decision = behind.flatMap({ byToken[$0] }) {
        return Thought(tokens: tokens, ending: .closed, vote: Vote(decision))
      }
      let isCut = behind == nil
      return Thought(
        tokens: Array(tokens[...close]),
        ending: !isCut ? .malformed : ballot.isSettled(without: index) ? .cancelled : .closed, vote: Vote(nil))
    }
  }

  // MARK: In words

  private func thinkInWords(
    _ prompt: [Int], _ words: DeliberationPolicy.Words, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [Thought] {
    let verdict = subject.tokenizer.encode(words.verdict)
    guard policy.think > 0 else {
      return (0..<policy.votes).map { _ in Thought(tokens: verdict, ending: .closed, vote: Vote(nil)) }
    }
    let reader = VerdictReader(words.verdict, count: policy.votes, tokenizer: subject.tokenizer)
    var options = drawing(until: subject.stop, most: policy.think)
    options.isAbandoned = { isCancelled() || reader.text($0) != nil }
    let generation = try subject.model.generate(
      prompts: (0..<policy.votes).map { _ in prompt }, options: options
    ) { reader.see($0) }
    return generation.sequences.enumerated().map { index, generated in
      let text = reader.text(index) ?? subject.tokenizer.decode(generated.text)
      let ending: Thought.Ending = reader.text(index) != nil ? .closed : generated.stopped ? .malformed : .exhausted
      return Thought(tokens: subject.tokenizer.encode(text) + verdict, ending: ending, vote: Vote(nil))
    }
  }

  // MARK: The decision

  /// Takes the decision where thoughts ended: the likeliest of the three, and no other token.
  private func decide(_ thought: inout Thought, after prompt: [Int]) throws {
    let choices: [Decision: Int]
    switch prompter.way {
    case .marks(_, let endThink, let decisions):
      choices = decisions
      if thought.vote.decision != nil { thought.tokens.removeLast() }
      if thought.tokens.last != endThink { thought.tokens.append(endThink) }
    case .words(let words):
      choices = Dictionary(
        uniqueKeysWithValues: Decision.allCases.compactMap { decision in
          subject.tokenizer.encode(words[decision]).first.map { (decision, $0) }
        })
    }
    let logits = try subject.model.forward([prompt + thought.tokens]).logits(sequence: 0).values
    let top = choices.values.map { logits[$0] }.max() ?? 0
    let weights = choices.mapValues { exp(Double(logits[$0] - top)) }
    let total = weights.values.reduce(0, +)
    let probabilities = weights.mapValues { $0 / total }
    let likeliest = Decision.allCases.max { probabilities[$0, default: 0] < probabilities[$1, default: 0] } ?? .refuse
    let decision = thought.vote.decision ?? likeliest
    thought.vote = Vote(decision, probabilities: probabilities)
    switch prompter.way {
    case .marks(_, _, let decisions): thought.tokens += [decisions[decision]].compactMap { $0 }
    case .words(let words): thought.tokens += subject.tokenizer.encode(words[decision])
    }
  }
}

/// Votes as they come in while others still think.
private final class Ballot: Sendable {
  private struct State {
    var closed: Set<Int> = []
    var votes: [Int: Vote] = [:]
    var isSettled = false
  }

  private let rule: VoteRule
  private let count: Int
  private let state = Mutex(State())

  init(rule: VoteRule, count: Int) { (self.rule, self.count) = (rule, count) }

  func see(_ token: GeneratedToken, endThink: Int, decision: Decision?) {
    state.withLock { state in
      if token.token == endThink {
        state.closed.insert(token.sequence)
      } else if let decision, state.closed.contains(token.sequence) {
        state.votes[token.sequence] = Vote(decision)
        state.isSettled = count > 1 && rule.settled(Array(state.votes.values), of: count) != nil
      }
    }
  }

  /// Whether the decision stands without a vote that is not in.
  func isSettled(without sequence: Int) -> Bool {
    state.withLock { $0.isSettled && $0.votes[sequence] == nil }
  }
}

/// Finds where each of several texts comes to its verdict, as they are written.
private final class VerdictReader: Sendable {
  private struct State {
    var decoders: [StreamingText]
    var texts: [String?]
  }

  private struct StreamingText {
    var decoder: StreamingDecoder
    var scanner: MarkerScanner
    var text = ""
  }

  private let state: Mutex<State>

  init(_ verdict: String, count: Int, tokenizer: Tokenizer) {
    let begin = StreamingText(decoder: tokenizer.streamingDecoder(), scanner: MarkerScanner([.endThink: verdict]))
    state = Mutex(
      State(
        decoders: [StreamingText](repeating: begin, count: count), texts: [String?](repeating: nil, count: count)))
  }

  func see(_ token: GeneratedToken) {
    state.withLock { state in
      guard state.texts[token.sequence] == nil else { return }
      let new = state.decoders[token.sequence].decoder.append(token.token)
      for piece in state.decoders[token.sequence].scanner.append(new) {
        switch piece {
        case .text(let text): state.decoders[token.sequence].text += text
        case .mark:
          state.texts[token.sequence] = state.decoders[token.sequence].text
          return
        }
      }
    }
  }

  /// What was written before the verdict; `nil` while there is none.
  func text(_ sequence: Int) -> String? { state.withLock { $0.texts[sequence] } }
}
