import Experiment
import Statistics
import Tensor

/// What the best probe must be better than, and what must come out at chance.
struct Baselines {
  /// Logistic regression on the words of the request, and on pairs of neighbouring words.
  let bagOfWords: Estimate
  let bigrams: Estimate
  /// The best probe's method on the mean embedding of the request's tokens: words again, as the model has them.
  let embedding: Estimate
  /// The best probe's method at its place, with shuffled labels.
  let shuffled: Estimate
  /// Projections on random directions at the best place: the mean over directions, with the range of 95% of them.
  let random: Estimate
  /// Accuracy less the accuracy on a task of random labels by object type; `nil` if the data do not name the types.
  let selectivity: Estimate?

  init(_ reading: Reading, _ map: ProbeMap, _ settings: ProbeSettings, in context: CellContext) throws {
    let train = reading.train
    let texts = train.prompts.map(\.instructionText)
    func auroc(_ result: CrossValidation) throws -> Estimate { try map.resamples.estimate { try result.auroc($0) } }
    bagOfWords = try auroc(CrossValidation(words: texts, labels: train.labels, map.folds))
    bigrams = try auroc(CrossValidation(words: texts, labels: train.labels, map.folds, bigrams: true))
    let classifier = map.best.method.classifier
    embedding = try auroc(
      CrossValidation(Samples(features: train.meanEmbedding, labels: train.labels), classifier, map.folds))

    let features = try train.matrix(map.best.place)
    let shuffledLabels = ControlTask.shuffled(train.labels, stream: context.stream("shuffled"))
    shuffled = try auroc(
      CrossValidation(Samples(features: features, labels: shuffledLabels), classifier, map.folds))
    random = try Self.random(features, train.labels, in: context)

    if let data = context.scope.data, data.columns.contains(settings.controlTask) {
      let samples = try Samples(features: features, labels: train.labels)
      let control = ControlTask.labels(
        types: train.groups(settings.controlTask), stream: context.stream("control task"))
      // Object types must be on both sides of a fold for a probe to be able to learn their random labels.
      let folds = try Folds.grouped(
        groups: Array(train.labels.indices), labels: control, count: settings.folds,
        stream: context.stream("control folds"))
      let task = try CrossValidation(samples, classifier, folds)
      let memorised = try CrossValidation(try samples.relabelled(control), classifier, folds)
      selectivity = try map.resamples.estimate { try ControlTask.selectivity(task: task, control: memorised, $0) }
    } else {
      selectivity = nil
    }
  }

  /// AUROC of the projections on 100 random unit vectors; a direction's sign means nothing, so the better one counts.
  private static func random(_ features: RealMatrix, _ labels: [Bool], in context: CellContext) throws -> Estimate {
    let stream = context.stream("random directions")
    let areas = try Threads.map(100) { index in
      let direction = RandomDirection.unit(features.columns, stream: stream.child(index))
      let scores = (0..<features.rows).map { row in
        zip(features.row(row), direction).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let area = try Ranking(scores: scores, labels: labels).auroc ?? 0.5
      return max(area, 1 - area)
    }.sorted()
    return Estimate(
      value: areas.reduce(0, +) / Double(areas.count), low: areas[2], high: areas[97], n: areas.count)
  }
}
