import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{geometry}`: where categories of harm are separate, where they have become one, and where the answer's logits part.
package enum GeometryCell: CellKind {
  package static let name = "geometry"
  package static let version = 1
  package static let summary =
    "Finds at which layers directions of categories are readable, are one, and are turned into a difference of logits."

  package static func problems(_ settings: GeometrySettings, in scope: CellScope) -> [Problem] {
    var problems = [
      scope.missing(column: settings.target, setting: "target"),
      scope.missing(column: settings.column, setting: "column"),
    ].compactMap { $0 }
    let parts = [("train", settings.train), ("test", settings.test)]
    for (name, rows) in parts {
      problems += scope.problems(of: rows, setting: name)
      problems += SplitProblems.tooFew(harmful: false, name, rows, target: settings.target, in: scope)
    }
    problems += scope.problems(ofParts: parts)
    problems += scope.problems(of: [settings.position], setting: "position", single: true)
    if let data = scope.data, data.columns.contains(settings.column), data.columns.contains(settings.target) {
      let names = enough(settings, in: data)
      if names.count < 2 {
        problems.append(
          Problem(
            "\(names.count) categor\(names.count == 1 ? "y has" : "ies have") \(settings.least) prompts of its own in both “train” and “test”",
            at: scope.location(of: "least"), expected: "expected: two or more", help: "give more rows, or lower “least”"
          ))
      }
    }
    return problems + scope.problems(ofTwoAnswers: settings.tokens, setting: "tokens")
  }

  /// The categories with enough prompts in both parts.
  static func enough(_ settings: GeometrySettings, in data: Dataset) -> [String] {
    func counts(_ rows: RowFilter) -> [String: Int] {
      let alone = data.rows.filter(rows.accepts)
        .map { CategoryPrompts.categories(of: $0, target: settings.target, column: settings.column) }
        .filter { $0.count == 1 }.joined()
      return Dictionary(grouping: alone) { $0 }.mapValues(\.count)
    }
    let (train, test) = (counts(settings.train), counts(settings.test))
    return train.keys.filter { min(train[$0, default: 0], test[$0, default: 0]) >= settings.least }.sorted()
  }

  package static func work(_ settings: GeometrySettings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let layers = subject.model.configuration.layers
    let (train, test) = (
      scope.work(settings.train, keeping: 2 * layers), scope.work(settings.test, keeping: 4 * layers)
    )
    var work = test
    work.tokens += train.tokens + max(8, test.sequences * layers / 50) * test.longest
    work.bytes = max(train.bytes, test.bytes)
    work.sequences = max(train.sequences, test.sequences)
    work.longest = max(train.longest, test.longest)
    work.sweeps = true
    return work
  }

  package static func run(_ settings: GeometrySettings, in context: CellContext) throws -> Results {
    let model = try context.subject.model
    func prompts(_ rows: RowFilter) throws -> CategoryPrompts {
      try CategoryPrompts(rows, target: settings.target, column: settings.column, at: settings.position, in: context)
    }
    let (train, test) = (try prompts(settings.train), try prompts(settings.test))
    let names = enough(settings, in: try context.data)
    let hooks = (0..<model.configuration.layers).map { HookPoint(settings.site.hook, layer: $0) }
    let (learnt, tried) = (try train.activations(hooks, of: model), try test.activations(hooks, of: model))
    let resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(rows: test.prompts.count)
    let learning = try Bootstrap(stream: context.stream("bootstrap/train"), resamples: settings.resamples)
      .draw(rows: train.prompts.count)
    let transfers = try hooks.indices.map { layer in
      try context.progress(layer, of: hooks.count + 2)
      return try CategoryTransfer(
        CategoryDirections(names, rows: learnt[layer], of: train), rows: tried[layer], of: test, resamples)
    }
    let spans = try hooks.indices.map { layer in
      try CategorySpan(
        names, rows: learnt[layer], of: train, shuffles: settings.shuffles,
        stream: context.stream("shuffle"), learning)
    }
    try context.progress(hooks.count, of: hooks.count + 2)
    let gap = try LogitGap(settings.tokens, of: test, in: context, resamples)
    return GeometryReport(
      settings: settings, names: names, transfers: transfers, spans: spans, gap: gap, n: test.prompts.count
    ).results()
  }
}
