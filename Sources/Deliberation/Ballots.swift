import Synchronization
import Tokenizer
import Transformer

/// The votes on several requests as they come in while others still think: which runs are no longer wanted.
///
/// Runs are written side by side, some perhaps ahead of others. So that it does not depend on that what becomes of a run,
/// one that has written n tokens ends only if votes of up to n tokens settle the decision; what others wrote in excess of
/// that is cut off afterwards (``Deliberator/settled(_:)``).
final class Ballots: Sendable {
  private struct State {
    /// Tokens that each run has written.
    var lengths: [Int]
    /// Runs whose thoughts have ended.
    var closed: Set<Int> = []
    /// The votes that are in, with the tokens that each took: `[request]`.
    var votes: [[(length: Int, vote: Vote)]]
    var voted: Set<Int> = []
    var readers: [VerdictReader]
  }

  private let policy: DeliberationPolicy
  private let way: Prompter.Way
  private let state: Mutex<State>

  /// - Parameter requests: how many; the runs of one follow each other, as many as the policy has votes.
  init(_ policy: DeliberationPolicy, _ prompter: Prompter, requests: Int) {
    (self.policy, way) = (policy, prompter.way)
    var readers: [VerdictReader] = []
    if case .words(let words) = prompter.way {
      let reader = VerdictReader(words.verdict, prompter.tokenizer)
      readers = Array(repeating: reader, count: requests * policy.votes)
    }
    state = Mutex(
      State(
        lengths: Array(repeating: 0, count: requests * policy.votes),
        votes: Array(repeating: [], count: requests), readers: readers))
  }

  /// Takes a token as it is generated.
  func see(_ token: GeneratedToken) {
    let run = token.sequence
    state.withLock { state in
      state.lengths[run] += 1
      switch way {
      case .marks(_, let endThink, let decisions):
        if token.token == endThink {
          state.closed.insert(run)
        } else if state.closed.contains(run), !state.voted.contains(run),
          let decision = decisions.first(where: { $0.value == token.token })?.key
        {
          state.voted.insert(run)
          state.votes[run / policy.votes].append((state.lengths[run], Vote(decision)))
        }
      case .words:
        state.readers[run].append(token.token)
        if !state.readers[run].isOpen { state.closed.insert(run) }
      }
    }
  }

  /// Whether a run need not go on: others have settled the decision, or it has come to its verdict.
  func isDone(_ run: Int) -> Bool {
    state.withLock { state in
      switch way {
      case .marks:
        guard policy.votes > 1, !state.voted.contains(run) else { return false }
        let votes = state.votes[run / policy.votes].filter { $0.length <= state.lengths[run] }
        return !votes.isEmpty && policy.rule.settled(votes.map(\.vote), of: policy.votes) != nil
      case .words: return state.closed.contains(run)
      }
    }
  }
}

extension Deliberator {
  /// What becomes of the runs on one request when a run ends as soon as the votes of shorter ones settle the decision.
  package func settled(_ runs: [ThoughtRun]) -> [ThoughtRun] {
    guard case .marks = prompter.way, runs.count > 1 else { return runs }
    let votes = runs.compactMap { run in
      prompter.thought(run, budget: policy.think).vote.decision.map { (length: run.tokens.count, vote: Vote($0)) }
    }
    let end = votes.map(\.length).sorted().first { end in
      policy.rule.settled(votes.filter { $0.length <= end }.map(\.vote), of: runs.count) != nil
    }
    guard let end else { return runs }
    return runs.map { run in
      run.tokens.count > end ? ThoughtRun(tokens: Array(run.tokens.prefix(end)), ending: .cancelled) : run
    }
  }
}
