import Deliberation
import Experiment

/// A way of coming to a decision.
struct Arm: Hashable {
  /// How.
  enum Way: Hashable {
    /// The response is what decides.
    case direct
    /// A decision token before the response, and nothing before it.
    case atOnce
    /// Thoughts within a budget.
    case think(Int)
    /// As many meaningless tokens.
    case filler
    /// Another request's thoughts.
    case swapped
    /// Several runs of thinking vote.
    case votes(Int, DeliberationPolicy.Combination)
    /// Thoughts; where a caveat is due, a draft that is looked at again.
    case series
  }

  let way: Way

  /// What claims call it.
  var key: String {
    switch way {
    case .direct: "direct"
    case .atOnce: "at_once"
    case .think(let budget): "think_\(budget)"
    case .filler: "filler"
    case .swapped: "swapped"
    case .votes(let count, let rule): "\(rule.rawValue)_\(count)"
    case .series: "series"
    }
  }

  /// What a report calls it.
  var name: String {
    switch way {
    case .direct: "direct"
    case .atOnce: "decision first"
    case .think(let budget): "think up to \(budget)"
    case .filler: "filler, as long"
    case .swapped: "another's thoughts"
    case .votes(let count, let rule):
      "\(count) vote\(count == 1 ? "" : "s"), \(rule.rawValue.replacing("_", with: " "))"
    case .series: "in series"
    }
  }

  /// Whether it is a control: tokens without the thoughts that belong there.
  var role: Figure.Role {
    switch way {
    case .direct, .atOnce: .baseline
    case .filler, .swapped: .null
    case .think, .votes, .series: .effect
    }
  }
}

/// What one request came to under an arm.
struct Answer: Hashable {
  /// What was decided; `nil` if nothing can be read as a decision.
  var decision: Decision?
  /// How much refusing is preferred: log-odds, where they can be read.
  var score: Double?
  /// How the thoughts ended, of the run that was followed; `nil` where nothing is thought.
  var ending: Thought.Ending?
  /// What the user sees.
  var response = ""
  /// What the response decides, by the labeller's rules.
  var said: Decision?
  /// Whether something hidden was seen.
  var leaks = false
  /// The tokens that it took.
  var ledger = TokenLedger()
  /// Multiplications that the model does for it.
  var arithmetic = 0.0
}

/// An arm with its answers, in the requests' order.
struct Outcome {
  let arm: Arm
  let answers: [Answer]
}
