import Statistics
import Tensor
import Testing

@Suite("Cross-validation")
struct CrossValidationTests {
  private let stream = RandomStream(seed: 5, purpose: "cross-validation")

  @Test("A planted direction is found on held-out groups, with an interval around it.", arguments: ClassifierTests.all)
  func planted(_ classifier: Classifier) throws {
    let samples = try Plant(rows: 200, width: 20, shift: 2.5, groups: 40).samples
    let folds = try Folds.grouped(groups: samples.groups, labels: samples.labels, count: 5, stream: stream)
    let validation = try CrossValidation(samples, classifier, folds)
    let resamples = try Bootstrap(stream: stream, resamples: 300).draw(clusters: samples.groups)
    let area = try validation.auroc(resamples)
    #expect(area.value > 0.9 && area.n == 40)
    #expect(try #require(area.low) < area.value && area.value < (try #require(area.high)))
    #expect(try validation.accuracy(resamples).value > 0.8)
  }

  @Test("Scrambled labels give one half, for every classifier.", arguments: ClassifierTests.all)
  func scrambled(_ classifier: Classifier) throws {
    let areas = try (0..<12).map { seed in
      let samples = try Plant(rows: 100, width: 30, shift: 3, seed: UInt64(seed)).samples
      let labels = ControlTask.shuffled(samples.labels, stream: stream.child(seed))
      let folds = try Folds.grouped(groups: samples.groups, labels: labels, count: 4, stream: stream)
      return try #require(
        try CrossValidation(samples.relabelled(labels), classifier, folds).ranking().auroc)
    }
    // The standard error of the mean is about 0.06 / sqrt(12).
    let mean = areas.reduce(0, +) / 12
    #expect((0.44...0.56).contains(mean))
  }

  @Test("The areas under many labellings are those of one fit each.", arguments: ClassifierTests.all)
  func labellings(_ classifier: Classifier) throws {
    for width in [10, 130] {
      let samples = try Plant(rows: 90, width: width, shift: 2).samples
      let folds = try Folds.grouped(groups: samples.groups, labels: samples.labels, count: 3, stream: stream)
      let labellings =
        try [samples.labels] + LabelPermutation.rows.labellings(of: samples.labels, count: 5, stream: stream)
      for pairing in [CrossValidation.Pairing.withinFolds, .pooled] {
        let areas = try CrossValidation.aurocs(
          samples.features, labellings: labellings, classifier, folds, pairing: pairing)
        let each = try labellings.map { labels in
          try #require(try CrossValidation(samples.relabelled(labels), classifier, folds).ranking(pairing).auroc)
        }
        #expect(gap(areas, each) < 1e-12)
      }
    }
  }

  @Test("Folds of one class are an error within folds and an area pooled.")
  func oneClass() throws {
    let samples = try Plant(rows: 60, width: 4, shift: 3).samples
    let folds = try Folds.leaveOneGroupOut(groups: samples.labels.enumerated().map { ($1 ? 0 : 1) + 2 * ($0 / 15) })
    let validation = try CrossValidation(samples, .meanDifference, folds)
    #expect(throws: StatisticsError.self) { try validation.ranking() }
    #expect(try #require(try validation.ranking(.pooled).auroc) > 0.9)
  }

  @Test("One thread and many give the same bits.")
  func threads() throws {
    let samples = try Plant(rows: 160, width: 70, shift: 1).samples
    let folds = try Folds.grouped(groups: samples.groups, labels: samples.labels, count: 4, stream: stream)
    let work: @Sendable (Int) throws -> [Double] = { index in
      try CrossValidation(samples, ClassifierTests.all[index % 5], folds).scores
    }
    let one = try (0..<15).map(work)
    for threads in [2, 3, 8] {
      #expect(try Threads.limited(to: threads) { try Threads.map(15, work) } == one)
    }
  }

  @Test("A control task that repeats within a type is learned by types seen, and selectivity shows it.")
  func selectivity() throws {
    let samples = try Plant(rows: 200, width: 10, shift: 4, groups: 50).samples
    let control = ControlTask.labels(types: samples.groups, stream: stream)
    #expect(control.count { $0 } == 100)
    for (group, label) in zip(samples.groups, control) { #expect(label == control[group]) }
    let folds = try Folds.grouped(groups: samples.groups, labels: samples.labels, count: 5, stream: stream)
    let resamples = try Bootstrap(stream: stream, resamples: 200).draw(clusters: samples.groups)
    let estimate = try ControlTask.selectivity(
      task: CrossValidation(samples, .logistic(), folds),
      control: CrossValidation(samples.relabelled(control), .logistic(), folds), resamples)
    #expect(try #require(estimate.low) > 0.2)
  }
}
