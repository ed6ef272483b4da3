import Combination
import Tensor
import Testing

/// Of the rules alone, without a model.
@Suite("Rules of combination")
struct CombinationRuleTests {
  private static let categories = 4

  /// Parameters for which no rule looks like another.
  private func parameters(_ rule: CombinationRule, _ draw: Int) -> [Double] {
    let stream = RandomStream(seed: 8, purpose: "\(rule.rawValue)/\(draw)")
    func uniform(_ index: Int, _ range: ClosedRange<Double>) -> Double {
      range.lowerBound + stream.uniform(at: UInt64(index)) * (range.upperBound - range.lowerBound)
    }
    return switch rule {
    case .linear, .max: (0..<Self.categories).map { uniform($0, 0.2...1) }
    // Shares between 0.3 and 0.8.
    case .noisyOr: (0..<Self.categories).map { uniform($0, -0.8...1.4) } + [uniform(9, 0.5...2)]
    case .sigmoidOfSum:
      (0..<Self.categories).map { uniform($0, 1...3) } + [uniform(9, 0.5...2), uniform(10, -4 ... -2)]
    }
  }

  private func means(_ rule: CombinationRule, _ parameters: [Double]) -> [Double] {
    (0..<1 << Self.categories).map { rule.effect(of: $0, parameters) }
  }

  private func error(_ rule: CombinationRule, on means: [Double]) -> Double {
    let fitted = rule.fit(means, categories: Self.categories)
    return means.indices.reduce(0) { sum, subset in
      let difference = rule.effect(of: subset, fitted) - means[subset]
      return sum + difference * difference
    }
  }

  @Test("Every rule fits its own effects, whatever they are, and no other does but those that hold it as a limit.")
  func own() {
    for rule in CombinationRule.allCases {
      for draw in 0..<10 {
        let means = means(rule, parameters(rule, draw))
        #expect(error(rule, on: means) < 1e-6, "\(rule) \(draw)")
        for other in CombinationRule.allCases where other != rule {
          // A sum is the straight part of every curve, and a noisy OR the upper end of a sigmoid.
          guard other == .linear || other == .max || rule == .max || rule == .sigmoidOfSum else { continue }
          #expect(error(other, on: means) > 1e-5, "\(other) on \(rule) \(draw)")
        }
      }
    }
  }

  @Test("Nothing present has no effect; a turned sign turns every rule's but the maximum's.")
  func signs() {
    for rule in CombinationRule.allCases {
      let parameters = parameters(rule, 3)
      #expect(rule.effect(of: 0, parameters) == 0)
      guard rule != .max else { continue }
      let means = means(rule, parameters).map { -$0 }
      #expect(error(rule, on: means) < 1e-6, "\(rule)")
    }
  }

  @Test("A sum has no interaction, a noisy OR, a maximum and the upper end of a sigmoid a negative one.")
  func interactions() {
    for rule in CombinationRule.allCases {
      for draw in 0..<10 {
        let means = means(rule, parameters(rule, draw))
        let interaction = means[3] - means[1] - means[2]
        switch rule {
        case .linear: #expect(abs(interaction) < 1e-12)
        case .max: #expect(abs(interaction + min(means[1], means[2])) < 1e-12)
        case .noisyOr: #expect(interaction < -0.01)
        // Convex at first, so that a sigmoid of a sum can be an AND as well.
        case .sigmoidOfSum: #expect(abs(interaction) > 1e-6)
        }
      }
    }
  }
}
