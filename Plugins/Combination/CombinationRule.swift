import Foundation
import Statistics

/// How the effects of several categories make one: a rule with an effect for each category.
///
/// With a category's effect `a` (share `q`, weight `w`), of the categories `S` that are present:
///
///     linear           sum of a
///     max              the largest a
///     noisy_or         c (1 - product of (1 - q)), each q between 0 and 1
///     sigmoid_of_sum   c (s(t + sum of w) - s(t)), s the logistic function
///
/// All are 0 where nothing is present. Each curved rule holds a simpler one as its limit: the sigmoid of a sum the noisy
/// OR (t large), and that the sum (c large). So the simplest rule that is as good as the best is what counts.
package enum CombinationRule: String, CaseIterable, Sendable {
  case linear, max
  case noisyOr = "noisy_or"
  case sigmoidOfSum = "sigmoid_of_sum"

  /// Parameters beside one for each category.
  package var extraParameters: Int {
    switch self {
    case .linear, .max: 0
    case .noisyOr: 1
    case .sigmoidOfSum: 2
    }
  }

  /// What it says, for people.
  var title: String {
    switch self {
    case .linear: "sum"
    case .max: "max"
    case .noisyOr: "noisy OR"
    case .sigmoidOfSum: "sigmoid of sum"
    }
  }

  /// The effect of a subset of the categories, given by its bits.
  ///
  /// - Parameter parameters: one for each category (of `noisyOr` the log-odds of q), then the ceiling c, then t.
  package func effect(of subset: Int, _ parameters: [Double]) -> Double {
    let count = parameters.count - extraParameters
    let present = (0..<count).lazy.filter { subset >> $0 & 1 == 1 }
    guard subset != 0 else { return 0 }
    switch self {
    case .linear: return present.reduce(0) { $0 + parameters[$1] }
    case .max: return present.map { parameters[$0] }.max() ?? 0
    case .noisyOr:
      return parameters[count] * (1 - present.reduce(1) { $0 * (1 - LinearModel.probability(parameters[$1])) })
    case .sigmoidOfSum:
      let start = parameters[count + 1]
      let sum = present.reduce(start) { $0 + parameters[$1] }
      return parameters[count] * (LinearModel.probability(sum) - LinearModel.probability(start))
    }
  }

  /// The least-squares fit to the mean effects of all subsets, `[2^categories]`: the most likely parameters, since noise
  /// is taken to be normal and alike everywhere, and every prompt is in every subset.
  package func fit(_ means: [Double], categories: Int) -> [Double] {
    let alone = (0..<categories).map { means[1 << $0] }
    let fits = starts(alone, top: means.max { abs($0) < abs($1) } ?? 0).map { start in
      LeastSquares.minimum(from: start) { parameters in
        means.indices.dropFirst().map { effect(of: $0, parameters) - means[$0] }
      }
    }
    return fits.min { $0.error < $1.error }?.parameters ?? alone
  }

  /// Where the search begins: curved rules have valleys, so from several places.
  private func starts(_ alone: [Double], top: Double) -> [[Double]] {
    let unit = top == 0 ? 1 : top
    switch self {
    case .linear, .max: return [alone]
    case .noisyOr:
      return [1.02, 1.5, 4, 20].map { ceiling in
        alone.map { effect in
          let share = min(0.98, Swift.max(0.02, effect / (unit * ceiling)))
          return log(share / (1 - share))
        } + [unit * ceiling]
      }
    case .sigmoidOfSum:
      return [-3.0, -1, 0, 1].flatMap { start in
        [1.02, 2, 8].map { room in
          let height = unit * room / (1 - LinearModel.probability(start))
          return alone.map { effect in
            let p = min(0.98, Swift.max(0.002, LinearModel.probability(start) + effect / height))
            return log(p / (1 - p)) - start
          } + [height, start]
        }
      }
    }
  }
}
