import Experiment
import Statistics
import Tensor

/// One number for each pair in each of four runs: whose task, and whose harm.
struct TwoByTwo: Sendable {
  /// Both from the harmful prompt: its own run.
  let bothHarmful: [Double]
  /// The harmful prompt's run with the state of the harmless one.
  let harmlessHarm: [Double]
  /// The harmless prompt's run with the state of the harmful one.
  let harmfulHarm: [Double]
  /// Both from the harmless prompt: its own run.
  let bothHarmless: [Double]

  /// How much changing the source of the harm does, whichever the task: `[pair]`.
  var harm: [Double] {
    bothHarmful.indices.map { (bothHarmful[$0] - harmlessHarm[$0] + harmfulHarm[$0] - bothHarmless[$0]) / 2 }
  }

  /// How much changing the source of the task does, whichever the harm: `[pair]`.
  var task: [Double] {
    bothHarmful.indices.map { (bothHarmful[$0] - harmfulHarm[$0] + harmlessHarm[$0] - bothHarmless[$0]) / 2 }
  }

  /// How much more the harm does under the harmful task than under the harmless one: `[pair]`.
  var interaction: [Double] {
    bothHarmful.indices.map { bothHarmful[$0] - harmlessHarm[$0] - (harmfulHarm[$0] - bothHarmless[$0]) }
  }

  /// What exchanging both does: `[pair]`.
  var gaps: [Double] { zip(bothHarmful, bothHarmless).map { $0 - $1 } }

  /// What exchanging both does, in the mean: the two main effects add up to it.
  var gap: Double { gaps.reduce(0, +) / Double(max(1, gaps.count)) }

  /// An effect as a share of the gap, with what chance would do.
  struct Effect {
    let share: Estimate
    let p: Double
  }

  /// The two main effects and their interaction, as shares of the gap, with p-values of sign flips.
  ///
  /// - Throws: `NoGap` if there is none.
  func effects(
    _ resamples: Resamples, permutations: Int, stream: RandomStream
  ) throws -> (harm: Effect, task: Effect, interaction: Effect) {
    guard gap != 0 else { throw NoGap() }
    func effect(_ values: [Double], _ name: String) throws -> Effect {
      let test = try PermutationTest.signFlip(
        values, permutations: permutations, stream: RandomStream(seed: stream.bits(at: 0), purpose: name))
      return Effect(share: try resamples.ratio(of: values, to: gaps), p: test.p)
    }
    return (try effect(harm, "harm"), try effect(task, "task"), try effect(interaction, "interaction"))
  }
}
