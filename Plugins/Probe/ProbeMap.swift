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
  let resamples: GroupResamples
  /// The family-wise p-value of the part of the map that ``ProbeSettings/familyWise`` names, by max-statistic
  /// permutation.
  let familyWiseP: Double

  /// - Throws: `StatisticsError` if there is no place to read or nothing to learn, or a context's error.
  init(_ reading: Reading, _ settings: ProbeSettings, in context: CellContext) throws {
    let train = reading.train
    let folds = try Self.folds(train, settings, in: context)
    let resamples = try GroupResamples(
      settings.group.map(train.groups), rows: train.labels.count,
      Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples))
    let grid = settings.method.flatMap { method in
      reading.positions.flatMap { position in
        reading.layers.map { (method, Reading.Place(layer: $0, position: position)) }
      }
    }
    let done = Counter()
    let entries = try Threads.map(grid.count) { index in
      let (method, place) = grid[index]
      let samples = try Samples(features: try reading.train.matrix(place), labels: train.labels)
      let result = try CrossValidation(samples, method.classifier, folds)
      try context.progress(done.increment(), of: grid.count + 1)
      return Entry(
        method: method, place: place, auroc: try resamples.estimate { try result.auroc($0) },
        accuracy: try resamples.estimate { try result.accuracy($0) })
    }
    guard var best = entries.first else {
      throw StatisticsError.tooFew(what: "probes, of methods, positions and layers", needed: 1, found: 0)
    }
    // The first of equals, so that the choice does not depend on how the maximum is searched for.
    for entry in entries.dropFirst() where entry.auroc.value > best.auroc.value { best = entry }
    self.entries = entries
    self.best = best
    self.folds = folds
    self.resamples = resamples
    familyWiseP = try Self.familyWise(reading, settings, folds, in: context)
    try context.progress(grid.count + 1, of: grid.count + 1)
  }

  /// The map's largest AUROC against the largest of maps with shuffled labels, by the methods that are quick to fit
  /// anew for each shuffle. Shuffles respect one kind of group; with two kinds each is respected in turn, and the larger
  /// p-value counts.
  private static func familyWise(
    _ reading: Reading, _ settings: ProbeSettings, _ folds: Folds, in context: CellContext
  ) throws -> Double {
    let train = reading.train
    let (count, stream) = (settings.permutations, context.stream("permutation"))
    let kinds = settings.group.isEmpty ? [Array(train.labels.indices)] : settings.group.map(train.groups)
    // [kinds][permutations][rows]
    let shuffles = try kinds.enumerated().map { kind, groups in
      try GroupedLabels(labels: train.labels, groups: groups, folds: folds).shuffles(count, stream: stream.child(kind))
    }
    let grid = settings.familyWise.flatMap { method in
      reading.positions.flatMap { position in
        reading.layers.map { (method, Reading.Place(layer: $0, position: position)) }
      }
    }
    let areas = try Threads.map(grid.count) { index in
      let (method, place) = grid[index]
      return try CrossValidation.aurocs(
        try train.matrix(place), labellings: [train.labels] + shuffles.joined(), method.classifier, folds)
    }
    return try kinds.indices.map { kind in
      try MaxStatistic(
        observed: areas.map { $0[0] }, permuted: areas.map { Array($0.dropFirst(1 + kind * count).prefix(count)) }
      ).overall
    }.max() ?? 1
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
