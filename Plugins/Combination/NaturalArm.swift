import Experiment
import Statistics

/// Requests as they come, with no, one and two categories of harm: do two give twice what one gives?
struct NaturalArm {
  /// How harmful prompts of so many categories look along the axis.
  let none, one: Estimate
  let two: Estimate?
  /// f(ij) - f(i) - f(j) + f(0), over the prompts that have two categories; `nil` if too few have.
  let interaction: Estimate?
  /// The interaction over the mean effect of one of the two.
  let relative: Estimate?

  /// - Parameters:
  ///   - values: what the axis gives for each prompt.
  ///   - prompts: the prompts.
  init(_ values: [Double], of prompts: CategoryPrompts, _ resamples: Resamples) throws {
    let categories = prompts.categories
    func mean(_ counts: [Int32], where isMember: ([String]) -> Bool) -> Double? {
      var (sum, weight) = (0.0, 0.0)
      for index in values.indices where isMember(categories[index]) {
        sum += Double(counts[index]) * values[index]
        weight += Double(counts[index])
      }
      return weight > 0 ? sum / weight : nil
    }
    none = try resamples.percentile { mean($0) { $0.isEmpty } }
    one = try resamples.percentile { mean($0) { $0.count == 1 } }
    // A pair whose categories do not occur alone says nothing about a sum.
    let alone = Dictionary(grouping: categories.filter { $0.count == 1 }.compactMap(\.first)) { $0 }.mapValues(\.count)
    let isPair = categories.map { $0.count == 2 && $0.allSatisfy { alone[$0, default: 0] >= 3 } }
    guard isPair.count(where: { $0 }) >= 3 else {
      (two, interaction, relative) = (nil, nil, nil)
      return
    }
    two = try resamples.percentile { mean($0) { $0.count == 2 } }
    /// The interaction, and the mean effect of one of the two.
    func contrast(_ counts: [Int32]) -> (interaction: Double, single: Double)? {
      guard let zero = mean(counts, where: \.isEmpty) else { return nil }
      let names = Set(categories.indices.filter { isPair[$0] }.flatMap { categories[$0] })
      var effects: [String: Double] = [:]
      for name in names { effects[name] = mean(counts) { $0 == [name] }.map { $0 - zero } }
      var (interaction, single, weight) = (0.0, 0.0, 0.0)
      for index in categories.indices where isPair[index] && counts[index] > 0 {
        let parts = categories[index].compactMap { effects[$0] }
        guard parts.count == 2 else { continue }
        let count = Double(counts[index])
        interaction += count * (values[index] - zero - parts[0] - parts[1])
        single += count * (parts[0] + parts[1]) / 2
        weight += count
      }
      return weight > 0 ? (interaction / weight, single / weight) : nil
    }
    interaction = try resamples.percentile { contrast($0)?.interaction }
    relative = try resamples.percentile { contrast($0).map { $0.interaction / $0.single } }
  }

  /// What it found, by name.
  var values: [String: Value] {
    var values: [String: Value] = ["none": .estimate(none), "one": .estimate(one)]
    if let two, let interaction, let relative {
      values["two"] = .estimate(two)
      values["interaction"] = .estimate(interaction)
      values["relative"] = .estimate(relative)
    }
    return values
  }
}
