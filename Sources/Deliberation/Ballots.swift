import Synchronization
import Tokenizer
import Transformer

/// The votes on several requests as they come in while others still think: which runs are no longer wanted.
final class Ballots: Sendable {
  private struct Ballot {
    var votes: [Vote] = []
    var isSettled = false
  }

  private struct State {
    var ballots: [Ballot]
    /// Runs that are through: their vote is in, or their verdict is being reached.
    var closed: Set<Int> = []
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
    state = Mutex(State(ballots: Array(repeating: Ballot(), count: requests), readers: readers))
  }

  /// Takes a token as it is generated.
  func see(_ token: GeneratedToken) {
    state.withLock { state in
      switch way {
      case .marks(_, let endThink, let decisions):
        if token.token == endThink {
          state.closed.insert(token.sequence)
        } else if state.closed.contains(token.sequence), !state.voted.contains(token.sequence),
          let decision = decisions.first(where: { $0.value == token.token })?.key
        {
          state.voted.insert(token.sequence)
          let request = token.sequence / policy.votes
          state.ballots[request].votes.append(Vote(decision))
          state.ballots[request].isSettled =
            policy.votes > 1 && policy.rule.settled(state.ballots[request].votes, of: policy.votes) != nil
        }
      case .words:
        state.readers[token.sequence].append(token.token)
        if !state.readers[token.sequence].isOpen { state.closed.insert(token.sequence) }
      }
    }
  }

  /// Whether a run need not go on: the others have settled the decision, or it has come to its verdict.
  func isDone(_ sequence: Int) -> Bool {
    state.withLock { state in
      switch way {
      case .marks: state.ballots[sequence / policy.votes].isSettled && !state.voted.contains(sequence)
      case .words: state.closed.contains(sequence)
      }
    }
  }
}
