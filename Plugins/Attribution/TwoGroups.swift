import Statistics

/// Harmful and harmless prompts, and by how much a number differs between them.
struct TwoGroups {
  let harmful: [Bool]
  private let resamples: Resamples

  init(harmful: [Bool], resamples: Resamples) {
    (self.harmful, self.resamples) = (harmful, resamples)
  }

  /// The mean over all prompts, with an interval over prompts.
  func mean(_ values: [Double]) throws -> Estimate { try resamples.mean(values) }

  /// The mean of the harmful prompts less that of the harmless ones, with an interval over prompts.
  func gap(_ values: [Double]) throws -> Estimate {
    try resamples.percentile { counts in
      var (sums, weights) = ([0.0, 0.0], [0.0, 0.0])
      for index in values.indices {
        let side = harmful[index] ? 1 : 0
        sums[side] += values[index] * Double(counts[index])
        weights[side] += Double(counts[index])
      }
      return weights[0] > 0 && weights[1] > 0 ? sums[1] / weights[1] - sums[0] / weights[0] : nil
    }
  }
}
