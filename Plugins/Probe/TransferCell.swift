import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{transfer}`: whether probes for different categories of harm read the same thing.
///
/// A difference of means is taken for one category against harmless prompts, and ranks those of another against other
/// harmless prompts. Chance where categories are separate features; near 1 where they share one.
package enum TransferCell: CellKind {
  /// What a `{transfer}` cell may say.
  package struct Settings: CellSettings {
    var target = ""
    var category = "category"
    var site = Site.residPre
    var layers = Layers.all
    var position = Position.last
    var rows = RowFilter.everything
    var least = 12

    package init() {}

    package static let keys: [SettingKey<Settings>] = [
      .required("target", \.target, "The column that says which prompts are harmful: 0 or 1."),
      .optional("category", \.category, "The column that holds the category of a harmful prompt."),
      .optional("site", \.site, "The hook that is read."),
      .optional("layers", \.layers, "The layers that are read."),
      .optional("position", \.position, "Where in the prompt it is read."),
      .optional("rows", \.rows, "The prompts."),
      .optional("least", \.least, "Categories with fewer prompts are left out."),
    ]
  }

  package static let name = "transfer"
  package static let version = 1
  package static let summary = "Trains probes on one category of harm and tests them on every other, layer by layer."

  package static func problems(_ settings: Settings, in scope: CellScope) -> [Problem] {
    [
      scope.missing(column: settings.target, setting: "target"),
      scope.missing(column: settings.category, setting: "category"),
    ].compactMap { $0 }
      + scope.problems(of: settings.rows, setting: "rows") + scope.problems(of: settings.layers, setting: "layers")
      + scope.problems(of: [settings.position], setting: "position", single: true, answered: true)
  }

  package static func work(_ settings: Settings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    // Every layer as float32, one at a time as float64.
    return scope.work(
      settings.rows, keeping: settings.layers.resolved(count: subject.model.configuration.layers).count + 4)
  }

  package static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    let (subject, data) = (try context.subject, try context.data)
    let prompts = try context.prompts(where: settings.rows, readAt: [settings.position])
    let categories = prompts.map { prompt -> String? in
      let row = data.rows[prompt.row]
      return row[settings.target]?.truth == true ? row[settings.category]?.plain : nil
    }
    let names = Dictionary(grouping: categories.compactMap { $0 }) { $0 }
      .filter { $0.value.count >= settings.least }.keys.sorted()
    guard names.count >= 2 else { throw TooFewCategories(found: names.count, least: settings.least) }
    // Harmless prompts are dealt to two halves: one to learn against, one to be tested against.
    let harmless = prompts.indices.filter { data.rows[prompts[$0].row][settings.target]?.truth == false }
    let halves = [0, 1].map { half in harmless.enumerated().filter { $0.offset % 2 == half }.map(\.element) }

    let layers = settings.layers.resolved(count: subject.model.configuration.layers)
    let hooks = layers.map { HookPoint(settings.site.hook, layer: $0) }
    let forward = try subject.model.forward(
      prompts.map(\.tokens), capture: hooks.map { HookPattern($0) },
      at: .indices(try prompts.map { [try subject.index(of: settings.position, in: $0, data: data)] }), logits: .none)
    let width = settings.site.hook.width(in: subject.model.configuration)
    let (within, across) = try hooks.enumerated().reduce(into: ([Estimate](), [Estimate]())) { curves, step in
      try context.progress(step.offset, of: hooks.count)
      let features = try RealMatrix(
        rows: prompts.count, columns: width,
        activations: try prompts.indices.flatMap { try forward.activation(step.element, sequence: $0).values })
      var (own, other): ([Double], [Double]) = ([], [])
      for trained in names {
        let members = prompts.indices.filter { categories[$0] == trained }
        let (learn, held) = (
          members.enumerated().filter { $0.offset % 2 == 0 }.map(\.element),
          members.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        )
        let model = try Classifier.meanDifference.fit(Self.samples(features, learn, halves[0]))
        for tested in names {
          let rows = tested == trained ? held : prompts.indices.filter { categories[$0] == tested }
          let samples = try Self.samples(features, rows, halves[1])
          guard let area = try Ranking(scores: model.scores(samples.features), labels: samples.labels).auroc else {
            continue
          }
          if tested == trained { own.append(area) } else { other.append(area) }
        }
      }
      curves.0.append(Self.summary(own))
      curves.1.append(Self.summary(other))
    }
    return report(layers, within, across, names: names, settings)
  }

  private static func samples(_ features: RealMatrix, _ positive: [Int], _ negative: [Int]) throws -> Samples {
    try Samples(
      features: features.selecting(rows: positive + negative),
      labels: positive.map { _ in true } + negative.map { _ in false })
  }

  /// The mean over pairs of categories, with the range of 95% of them.
  private static func summary(_ areas: [Double]) -> Estimate {
    let sorted = areas.sorted()
    let tail = sorted.count / 40
    return Estimate(
      value: areas.reduce(0, +) / Double(max(areas.count, 1)), low: sorted[tail], high: sorted[sorted.count - 1 - tail],
      n: areas.count)
  }

  private static func report(
    _ layers: [Int], _ within: [Estimate], _ across: [Estimate], names: [String], _ settings: Settings
  ) -> Results {
    var results = Results()
    results.values = [
      "across": .list(across.map(Value.estimate)), "within": .list(within.map(Value.estimate)),
      "categories": .integer(names.count), "first": .estimate(across[0]), "last": .estimate(across[across.count - 1]),
    ]
    results.headline = ["first", "last"]
    let x = layers.map(Double.init)
    results.figures = [
      Figure(
        caption: "AUROC of probes for one category of harm, on that category and on the others "
          + "(mean over \(names.count) categories; bands hold 95% of the pairs).",
        content: .lines(
          LineChart(
            xAxis: .init("layer (\(settings.site.written))"), yAxis: .init("AUROC", range: 0.3...1),
            series: [
              .init("same category", role: .baseline, x: x, y: within), .init("other categories", x: x, y: across),
            ],
            references: [.init(0.5, "chance")])))
    ]
    return results
  }
}

/// Too few categories have enough prompts.
struct TooFewCategories: Error, CustomStringConvertible {
  let found: Int
  let least: Int

  var description: String {
    "\(found) categor\(found == 1 ? "y has" : "ies have") at least \(least) prompts; two are needed; give more rows or lower “least”"
  }
}
