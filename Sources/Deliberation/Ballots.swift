import Synchronization
import Tokenizer
import Transformer

/// The votes on several requests as they come in while others still think: which runs are no longer wanted.
final class Ballots: Sendable {
  /// Runs are computed on several threads, and one may be ahead of another. What is settled is told by steps therefore,
  /// never by what came first: a run ends at the step at which the others settled the decision, not before, and what it
  /// wrote beyond is not counted.
  private struct Ballot {
    /// With the steps at which they came in, in that order.
    var votes: [(step: Int, vote: Vote)] = []
    /// The step at which no run that is out could change the decision any more.
    var settled: Int?
  }

  private struct State {
    var ballots: [Ballot]
    /// Runs that are through: their vote is in, or their verdict is being reached.
    var closed: Set<Int> = []
    var voted: Set<Int> = []
    /// The last step of each run.
    var steps: [Int]
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
    let steps = Array(repeating: -1, count: requests * policy.votes)
    state = Mutex(State(ballots: Array(repeating: Ballot(), count: requests), steps: steps, readers: readers))
  }

  /// Takes a token as it is generated.
  func see(_ token: GeneratedToken) {
    state.withLock { state in
      state.steps[token.sequence] = token.step
      switch way {
      case .marks(_, let endThink, let decisions):
        if token.token == endThink {
          state.closed.insert(token.sequence)
        } else if state.closed.contains(token.sequence), !state.voted.contains(token.sequence),
          let decision = decisions.first(where: { $0.value == token.token })?.key
        {
          state.voted.insert(token.sequence)
          add(Vote(decision), at: token.step, to: &state.ballots[token.sequence / policy.votes])
        }
      case .words:
        state.readers[token.sequence].append(token.token)
        if !state.readers[token.sequence].isOpen { state.closed.insert(token.sequence) }
      }
    }
  }

  private func add(_ vote: Vote, at step: Int, to ballot: inout Ballot) {
    guard policy.votes > 1, step <= ballot.settled ?? step else { return }
    let place = ballot.votes.firstIndex { $0.step > step } ?? ballot.votes.endIndex
    ballot.votes.insert((step, vote), at: place)
    // What is settled stays so, whoever else votes: the first of the steps is found by halving.
    let steps = Set(ballot.votes.map(\.step)).sorted()
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      let votes = ballot.votes.prefix { $0.step <= steps[middle] }.map(\.vote)
      if policy.rule.settled(votes, of: policy.votes) != nil { high = middle } else { low = middle + 1 }
    }
    if low < steps.count { ballot.settled = steps[low] }
  }

  /// What of a run's tokens counts, once all runs have ended; `nil` if nothing was settled without it.
  ///
  /// - Parameter count: how many it has.
  func counted(_ sequence: Int, of count: Int) -> Int? {
    state.withLock { state in
      guard let settled = state.ballots[sequence / policy.votes].settled, settled + 1 < count else { return nil }
      return settled + 1
    }
  }

  /// Whether a run need not go on: the others have settled the decision, or it has come to its verdict.
  func isDone(_ sequence: Int) -> Bool {
    state.withLock { state in
      switch way {
      case .marks: state.ballots[sequence / policy.votes].settled.map { state.steps[sequence] >= $0 } ?? false
      case .words: state.closed.contains(sequence)
      }
    }
  }
}
