import Foundation
import Transformer

extension Deliberator {
  /// Thinks about each of several prompts as often as there are votes, all side by side; what other votes have settled is
  /// not thought to its end.
  func think(_ prompts: [[Int]], isCancelled: @escaping @Sendable () -> Bool) throws -> [[Thought]] {
    let runs = try runs(prompts, isSettling: true, isCancelled: isCancelled)
    let thoughts = runs.map { runs in runs.map { prompter.thought($0, budget: policy.think) } }
    return try decided(thoughts, after: prompts, isScoring: policy.combine == .meanLogOdds)
  }

  /// Runs of thinking as the model writes them: `[prompt][vote]`.
  ///
  /// - Parameters:
  ///   - isSettling: whether a run ends when others have settled the decision.
  ///   - isCancelled: asked before each token; all runs then end.
  package func runs(
    _ prompts: [[Int]], isSettling: Bool = false, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [[ThoughtRun]] {
    let votes = policy.votes
    guard policy.think > 0 else {
      return prompts.map { _ in (0..<votes).map { _ in ThoughtRun(tokens: prompter.nothing, ending: .cut) } }
    }
    let ballots = Ballots(policy, prompter, requests: prompts.count)
    var options = GenerationOptions(maxNewTokens: policy.think, stop: subject.stop, sampling: sampling)
    var isInWords = true
    if case .marks(let think, _, let decisions) = prompter.way {
      // Behind the thoughts stand the mark and the decision.
      options.maxNewTokens += 2
      options.stop.formUnion(decisions.values)
      options.forcedPrefixes = (0..<prompts.count * votes).map { _ in [think] }
      isInWords = false
    }
    options.draws = prompts.flatMap { _ in (0..<votes).map(UInt64.init) }
    let isWatching = isSettling || isInWords
    options.isAbandoned = { isCancelled() || (isWatching && ballots.isDone($0)) }
    let generation = try subject.model.generate(
      prompts: prompts.flatMap { prompt in (0..<votes).map { _ in prompt } }, options: options
    ) { token in
      if isWatching { ballots.see(token) }
    }
    return prompts.indices.map { prompt in
      (0..<votes).map { vote in
        let index = prompt * votes + vote
        let generated = generation.sequences[index]
        if isSettling, let count = ballots.counted(index, of: generated.tokens.count) {
          return ThoughtRun(tokens: Array(generated.tokens.prefix(count)), ending: .cancelled)
        }
        let ending: ThoughtRun.Ending =
          generated.stopped ? .stopped : isWatching && ballots.isDone(index) ? .cancelled : .cut
        return ThoughtRun(tokens: generated.tokens, ending: ending)
      }
    }
  }

  /// Casts the votes that are still out: by the policy for thoughts that did not end as they should, else by the likeliest
  /// of the three decisions behind them.
  ///
  /// - Parameters:
  ///   - thoughts: `[prompt][vote]`.
  ///   - isScoring: whether the probabilities of the decisions are read where one was written, too.
  package func decided(
    _ thoughts: [[Thought]], after prompts: [[Int]], isScoring: Bool
  ) throws -> [[Thought]] {
    var thoughts = thoughts
    var open: [(prompt: Int, vote: Int)] = []
    for (prompt, votes) in thoughts.enumerated() {
      for (index, thought) in votes.enumerated() {
        switch (thought.ending, policy.onExhausted, policy.onMalformed) {
        case (.exhausted, .refuse, _), (.malformed, _, .refuse): thoughts[prompt][index].vote = Vote(.refuse)
        case (.exhausted, .abstain, _), (.malformed, _, .abstain), (.cancelled, _, _):
          thoughts[prompt][index].vote = Vote(nil)
        case (.exhausted, .decide, _), (.closed, _, _):
          if thought.vote.decision == nil || isScoring { open.append((prompt, index)) }
        }
      }
    }
    guard !open.isEmpty else { return thoughts }
    let ended = open.map { prompter.ended(thoughts[$0.prompt][$0.vote]) }
    let odds = try probabilities(after: zip(open, ended).map { prompts[$0.prompt] + $1 })
    for ((place, tokens), probabilities) in zip(zip(open, ended), odds) {
      let likeliest = Decision.allCases.max { probabilities[$0, default: 0] < probabilities[$1, default: 0] }
      let decision = thoughts[place.prompt][place.vote].vote.decision ?? likeliest ?? .refuse
      thoughts[place.prompt][place.vote].vote = Vote(decision, probabilities: probabilities)
      thoughts[place.prompt][place.vote].tokens = tokens + prompter.tokens(of: decision)
    }
    return thoughts
  }

  /// The probability of each decision among the three behind some tokens.
  package func probabilities(after sequences: [[Int]], _ interventions: [Intervention] = []) throws -> [[Decision:
    Double]]
  {
    let choices = prompter.choices
    let forward = try subject.model.forward(sequences, interventions: interventions)
    return try sequences.indices.map { index in
      let logits = try forward.logits(sequence: index).values
      let top = choices.values.map { logits[$0] }.max() ?? 0
      let weights = choices.mapValues { exp(Double(logits[$0] - top)) }
      // In the order of the cases: a sum in a dictionary's order is not one sum.
      let total = Decision.allCases.reduce(0.0) { $0 + weights[$1, default: 0] }
      return weights.mapValues { $0 / total }
    }
  }
}
