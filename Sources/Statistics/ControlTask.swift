import Tensor

/// Labels and directions that mean nothing: what a finding must beat.
public enum ControlTask {
  /// A random label for each type (object, word), the same for all of its rows, half of the types positive
  /// (Hewitt and Liang 2019). A probe that learns these memorises; selectivity is its accuracy on the task less its
  /// accuracy here.
  ///
  /// - Parameter types: `[n]`, the type of each row.
  public static func labels(types: [Int], stream: RandomStream) -> [Bool] {
    let numbers = Samples.groups(of: types)
    let count = (numbers.max() ?? -1) + 1
    let order = stream.permutation(of: count)
    return numbers.map { 2 * order[$0] < count }
  }

  /// The labels in random order.
  public static func shuffled(_ labels: [Bool], stream: RandomStream) -> [Bool] {
    stream.permutation(of: labels.count).map { labels[$0] }
  }

  /// Accuracy on the task less accuracy on the control task, paired over the same resamples.
  ///
  /// - Throws: ``StatisticsError`` when there is nothing to compare.
  public static func selectivity(
    task: CrossValidation, control: CrossValidation, _ resamples: Resamples
  ) throws -> Estimate {
    let (task, control) = (try task.predictions(), try control.predictions())
    return try resamples.percentile { counts in
      guard let a = task.accuracy(counts: counts), let b = control.accuracy(counts: counts) else { return nil }
      return a - b
    }
  }
}
