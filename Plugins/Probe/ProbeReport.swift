import Experiment
import Statistics

/// What a `{probe}` cell reports.
struct ProbeReport {
  let settings: ProbeSettings
  let reading: Reading
  let map: ProbeMap
  let baselines: Baselines

  func results(in context: CellContext) throws -> Results {
    var results = Results()
    let (best, subject) = (try self.best(in: context), try context.subject)
    results.values = [
      "best": .group(best),
      "onset": .group(onset(of: subject.model.configuration.layers)),
      "map": .group(
        settings.method.reduce(into: [:]) { methods, method in
          methods[method.rawValue] = .group(
            reading.positions.reduce(into: [:]) { positions, position in
              positions["\(position)"] = .list(map.curve(method, position).map { .estimate($0.auroc) })
            })
        }),
      "baseline": .group([
        "bag_of_words": .group(["auroc": .estimate(baselines.bagOfWords)]),
        "bigrams": .group(["auroc": .estimate(baselines.bigrams)]),
        "embedding": .group(["auroc": .estimate(baselines.embedding)]),
      ]),
      "control": .group(
        [
          "shuffled": .group(["auroc": .estimate(baselines.shuffled)]),
          "random_direction": .group(["auroc": .estimate(baselines.random)]),
        ].merging(baselines.selectivity.map { ["selectivity": .estimate($0)] } ?? [:]) { first, _ in first }),
      "familywise_p": .number(map.familyWiseP),
      "n": .integer(reading.train.labels.count),
    ]
    results.headline = ["best.auroc", "best.layer", "onset.layer", "baseline.bag_of_words.auroc"]
    results.figures = [heatmap, curves]
    results.tables = [comparison(best), tokens(in: subject)]
    if settings.test == nil {
      results.notes.append(
        "The best probe was selected and measured on the same rows; the family-wise p-value allows for the search, the AUROC does not."
      )
    }
    if settings.method.contains(.logistic) {
      let names = settings.familyWise.map { "“\($0.rawValue)”" }.joined(separator: " and ")
      results.notes.append(
        "The family-wise p-value is that of the map by \(names): logistic regression, which would have to be fitted anew "
          + "for each shuffle, has no part in it.")
    }
    return results
  }

  /// The selected probe, measured on the test rows if there are any.
  private func best(in context: CellContext) throws -> [String: Value] {
    let entry = map.best
    var values: [String: Value] = [
      "layer": .integer(entry.place.layer), "position": .text("\(entry.place.position)"),
      "method": .text(entry.method.rawValue), "selection_auroc": .estimate(entry.auroc),
      "auroc": .estimate(entry.auroc), "accuracy": .estimate(entry.accuracy),
    ]
    guard let test = reading.test else { return values }
    let model = try entry.method.classifier.fit(
      Samples(features: try reading.train.matrix(entry.place), labels: reading.train.labels))
    let scores = model.scores(try test.matrix(entry.place))
    let resamples = try GroupResamples(
      settings.group.map(test.groups), rows: scores.count,
      Bootstrap(stream: context.stream("test bootstrap"), resamples: settings.resamples))
    let ranking = try Ranking(scores: scores, labels: test.labels)
    let predictions = try Predictions(scores: scores, labels: test.labels)
    values["auroc"] = .estimate(
      try resamples.estimate { try $0.percentile { ranking.auroc(counts: $0) } })
    values["accuracy"] = .estimate(
      try resamples.estimate { try $0.percentile { predictions.accuracy(counts: $0) } })
    return values
  }

  /// The first layer at which a probe of the best method reaches the mark, by position, and over all positions.
  ///
  /// - Parameter layers: how many the model has: a layer that is never reached lies behind the last.
  private func onset(of layers: Int) -> [String: Value] {
    var values: [String: Value] = [:]
    var first = layers
    for position in reading.positions {
      let reached = map.curve(map.best.method, position).filter { $0.auroc.value >= settings.onsetAt }
      let layer = reached.map(\.place.layer).min() ?? layers
      values["\(position)"] = .integer(layer)
      first = min(first, layer)
    }
    (values["layer"], values["ever"]) = (.integer(first), .flag(first < layers))
    return values
  }

  private var heatmap: Figure {
    let rows = reading.positions
    let cells = rows.map { position in map.curve(map.best.method, position).map { Estimate?.some($0.auroc) } }
    let mark = rows.firstIndex(of: map.best.place.position).flatMap { row in
      reading.layers.firstIndex(of: map.best.place.layer).map { Heatmap.Mark(row: row, column: $0, label: "best") }
    }
    return Figure(
      caption: "Cross-validated AUROC of “\(settings.target)” by layer and position.",
      content: .heatmap(
        Heatmap(
          rowAxis: .init("position"), rows: rows.map { "\($0)" },
          columnAxis: .init("layer (\(settings.site.written))"), columns: reading.layers.map { "\($0)" },
          quantity: .init("AUROC", range: 0.5...1), cells: cells, scale: .sequential,
          marks: mark.map { [$0] } ?? [])))
  }

  private var curves: Figure {
    let x = reading.layers.map(Double.init)
    func flat(_ name: String, _ role: Figure.Role, _ estimate: Estimate) -> LineChart.Series {
      LineChart.Series(name, role: role, x: x, y: x.map { _ in estimate })
    }
    // As many as there are colours that can be told apart; the map has them all.
    let shown = reading.positions.prefix(7)
    let left = reading.positions.count - shown.count
    let effects = shown.map { position in
      LineChart.Series("\(position)", x: x, y: map.curve(map.best.method, position).map(\.auroc))
    }
    return Figure(
      name: "layers",
      caption: "AUROC by layer (\(map.best.method.rawValue)), with what it must beat and what must be at chance"
        + (left > 0 ? "; \(left) of \(reading.positions.count) positions are in the map alone." : "."),
      content: .lines(
        LineChart(
          xAxis: .init("layer (\(settings.site.written))"), yAxis: .init("AUROC", range: 0.4...1),
          series: effects + [
            flat("bag of words", .baseline, baselines.bagOfWords),
            flat("shuffled labels", .null, baselines.shuffled),
          ], references: [.init(0.5, "chance")])))
  }

  private func comparison(_ best: [String: Value]) -> Table {
    func row(_ name: String, _ what: String, _ value: Value) -> [Value] { [.text(name), .text(what), value] }
    var rows = [
      row("best probe", settings.test == nil ? "cross-validated" : "test rows", best["auroc"] ?? .text("")),
      row("best probe", "as selected", .estimate(map.best.auroc)),
      row("bag of words", "baseline", .estimate(baselines.bagOfWords)),
      row("word pairs", "baseline", .estimate(baselines.bigrams)),
      row("mean embedding", "baseline", .estimate(baselines.embedding)),
      row("shuffled labels", "control", .estimate(baselines.shuffled)),
      row("random directions", "control", .estimate(baselines.random)),
    ]
    for method in settings.method {
      let top = map.entries.filter { $0.method == method }.max { $0.auroc.value < $1.auroc.value }
      if let top {
        rows.append(
          row(method.rawValue, "best of method: layer \(top.place.layer), \(top.place.position)", .estimate(top.auroc)))
      }
    }
    return Table(
      name: "comparison", caption: "The best probe beside baselines and controls.",
      columns: [.init("what"), .init("kind"), .init("AUROC", format: "%.3f")], rows: rows)
  }

  /// Which token each position is, in the first prompt.
  private func tokens(in subject: Subject) -> Table {
    let prompt = reading.train.prompts[0]
    return Table(
      name: "tokens", caption: "What the positions are in the first prompt: “\(prompt.instructionText)”",
      columns: [.init("position"), .init("index"), .init("token", isModelText: true)],
      rows: reading.positions.compactMap { position in
        position.resolve(in: prompt).map { index in
          [.text("\(position)"), .integer(index), .text(subject.tokenizer.displayString(prompt.tokens[index]))]
        }
      })
  }
}
