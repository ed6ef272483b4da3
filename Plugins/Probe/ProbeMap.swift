import Experiment
import Statistics
import Tensor

/// Cross-validated probes at every place, by every method, and the best of them.
struct ProbeMap {
  /// One probe.
  struct Entry {
    let method: ProbeSettings.Method
    let place: Reading.Place
    let auroc: Estimate
    let accuracy: Estimate
  }

  let entries: [Entry]
  let best: Entry
  let folds: Folds
  let resamples: Resamples
  /// The family-wise p-value of the whole map, by max-statistic permutation.
  let familyWiseP: Double

  init(_ reading: Reading, _ settings: ProbeSettings, in context: CellContext) throws {
    let train = reading.train
    let folds = try Self.folds(train, settings, in: context)
    let clusters = settings.group.first.map(train.groups) ?? Array(train.labels.indices)
    let resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(
        clusters: settings.group.isEmpty ? Array(train.labels.indices) : Self.joined(train, settings.group, clusters))
    let grid = settings.method.flatMap { method in
      reading.positions.flatMap { position in
        reading.layers.map { (method, Reading.Place(layer: $0, position: position)) }
      }
    }
    let done = Counter()
    entries = try Threads.map(grid.count) { index in
      let (method, place) = grid[index]
      let samples = try Samples(features: try reading.train.matrix(place), labels: train.labels)
      let result = try CrossValidation(samples, method.classifier, folds)
      try context.progress(done.increment(), of: grid.count + 1)
      return Entry(
        method: method, place: place, auroc: try result.auroc(resamples), accuracy: try result.accuracy(resamples))
    }
    // The first of equals, so that the choice does not depend on how the maximum is searched for.
    var best = entries[0]
    for entry in entries.dropFirst() where entry.auroc.value > best.auroc.value { best = entry }
    self.best = best
    self.folds = folds
    self.resamples = resamples
    familyWiseP = try Self.familyWise(reading, settings, folds, in: context)
    try context.progress(grid.count + 1, of: grid.count + 1)
  }

  /// The map's largest AUROC against the largest of maps with shuffled labels, by difference of means, which is quick
  /// to fit anew for each shuffle.
  private static func familyWise(
    _ reading: Reading, _ settings: ProbeSettings, _ folds: Folds, in context: CellContext
  ) throws -> Double {
    let train = reading.train
    let labellings = try LabelPermutation.rows.labellings(
      of: train.labels, count: settings.permutations, stream: context.stream("permutation"))
    let places = reading.positions.flatMap { position in
      reading.layers.map { Reading.Place(layer: $0, position: position) }
    }
    let areas = try Threads.map(places.count) { index in
      try CrossValidation.aurocs(
        try train.matrix(places[index]), labellings: [train.labels] + labellings, .meanDifference, folds)
    }
    return try MaxStatistic(observed: areas.map { $0[0] }, permuted: areas.map { Array($0.dropFirst()) }).overall
  }

  private static func folds(_ train: Reading.Rows, _ settings: ProbeSettings, in context: CellContext) throws -> Folds {
    let stream = context.stream("folds")
    switch settings.group.count {
    case 2:
      return try Folds.crossed(
        train.groups(settings.group[0]), train.groups(settings.group[1]), labels: train.labels, count: settings.folds,
        stream: stream)
    case 1:
      return try Folds.grouped(
        groups: train.groups(settings.group[0]), labels: train.labels, count: settings.folds, stream: stream)
    default:
      return try Folds.grouped(
        groups: Array(train.labels.indices), labels: train.labels, count: settings.folds, stream: stream)
    }
  }

  /// Rows that share all group columns are one cluster.
  private static func joined(_ train: Reading.Rows, _ columns: [String], _ first: [Int]) -> [Int] {
    columns.count < 2 ? first : Samples.groups(of: zip(first, train.groups(columns[1])).map { "\($0).\($1)" })
  }

  /// The entries of a method at a position, by layer.
  func curve(_ method: ProbeSettings.Method, _ position: Position) -> [Entry] {
    entries.filter { $0.method == method && $0.place.position == position }
  }
}

extension Reading.Rows {
  /// `[prompts, d]` of a place that was read.
  func matrix(_ place: Reading.Place) throws -> RealMatrix {
    guard let matrix = features[place] else {
      throw StatisticsError.tooFew(
        what: "activations at \(place.position) in layer \(place.layer)", needed: 1, found: 0)
    }
    return matrix
  }
}
