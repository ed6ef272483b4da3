import Foundation
import Statistics

/// The rules of combination, fitted on some prompts and compared on others by log-likelihood.
struct RuleComparison {
  /// A rule with its parameters and what it is worth on the prompts that it was not fitted on.
  struct Fitted {
    let rule: CombinationRule
    let parameters: [Double]
    /// Nats of each test prompt, summed over the subsets. `[prompts]`
    let logLikelihood: [Double]
    /// Nats per prompt more than the sum's.
    let gain: Estimate
  }

  /// In the order of ``CombinationRule``.
  let fitted: [Fitted]
  /// A mean of its own for each subset: nats per prompt more than the sum's. No rule can be much better.
  let free: Estimate
  /// The best rule on the test prompts.
  let best: Fitted
  /// By how much it beats the best of the others, in nats per prompt.
  let margin: Estimate
  /// The rule with fewest parameters of those that are not surely worse than the best.
  let simplest: Fitted

  /// - Parameters:
  ///   - fit: effects of each subset on the prompts to fit on: `[2^categories][prompts]`, the first of nothing at all.
  ///   - test: those on the prompts to test on.
  init(fit: [[Double]], test: [[Double]], categories: Int, _ resamples: Resamples) throws {
    let means = fit.map(Mean.of)
    let rows = CombinationRule.allCases.map { rule in
      let parameters = rule.fit(means, categories: categories)
      let predicted = means.indices.map { rule.effect(of: $0, parameters) }
      return (rule: rule, parameters: parameters, nats: Self.nats(predicted, fit: fit, test: test))
    }
    let linear = rows[0].nats
    let fitted = try rows.map { row in
      Fitted(
        rule: row.rule, parameters: row.parameters, logLikelihood: row.nats,
        gain: try resamples.pairedDifference(row.nats, linear))
    }
    self.fitted = fitted
    free = try resamples.pairedDifference(Self.nats(means, fit: fit, test: test), linear)
    let ranked = fitted.indices.sorted { fitted[$0].gain.value > fitted[$1].gain.value }
    let best = fitted[ranked[0]]
    self.best = best
    let others = ranked.dropFirst().map { fitted[$0].logLikelihood }
    margin = try resamples.percentile { counts in
      guard let first = Self.mean(best.logLikelihood, counts) else { return nil }
      return others.compactMap { Self.mean($0, counts) }.max().map { first - $0 }
    }
    let contenders = try fitted.filter { other in
      let lead = try resamples.pairedDifference(best.logLikelihood, other.logLikelihood)
      return other.rule == best.rule || (lead.low ?? 0) <= 0
    }
    simplest =
      contenders.min {
        ($0.rule.extraParameters, -$0.gain.value) < ($1.rule.extraParameters, -$1.gain.value)
      } ?? best
  }

  /// The log-likelihood of each test prompt under normal noise about predicted effects, its variance that of the
  /// prompts fitted on. Effects alike to 1e-5 are float32's own noise.
  private static func nats(_ predicted: [Double], fit: [[Double]], test: [[Double]]) -> [Double] {
    let subsets = predicted.indices.dropFirst()
    let prompts = fit[0].count
    let squares = subsets.reduce(0.0) { sum, subset in
      fit[subset].reduce(sum) { $0 + ($1 - predicted[subset]) * ($1 - predicted[subset]) }
    }
    let variance = max(squares / Double(prompts * subsets.count), 1e-10)
    return test[0].indices.map { prompt in
      subsets.reduce(0.0) { sum, subset in
        let error = test[subset][prompt] - predicted[subset]
        return sum - 0.5 * log(2 * Double.pi * variance) - error * error / (2 * variance)
      }
    }
  }

  private static func mean(_ values: [Double], _ counts: [Int32]) -> Double? {
    var (sum, weight) = (0.0, 0.0)
    for (value, count) in zip(values, counts) {
      sum += Double(count) * value
      weight += Double(count)
    }
    return weight > 0 ? sum / weight : nil
  }
}
