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
    var problems = [
      scope.missing(column: settings.target, setting: "target"),
      scope.missing(column: settings.category, setting: "category"),
      scope.problem(ofList: settings.layers, setting: "layers"),
    ].compactMap { $0 }
    problems += scope.problems(of: settings.rows, setting: "rows")
    problems += scope.problems(of: settings.layers, setting: "layers")
    problems += scope.problems(of: [settings.position], setting: "position", single: true, answered: true)
    if settings.least < 2 {
      problems.append(
        Problem(
          "“least” is \(settings.least)", at: scope.location(of: "least"),
          expected: "expected: at least 2, one prompt to learn from and one to be tested on"))
    }
    if let data = scope.data, data.columns.contains(settings.target) {
      let harmless = data.rows.count { settings.rows.accepts($0) && $0[settings.target]?.truth == false }
      if harmless < 2 {
        problems.append(
          Problem(
            "\(harmless) row\(harmless == 1 ? " is" : "s are") harmless by the column “\(settings.target)”",
            at: scope.location(of: "rows"),
            expected: "expected: at least 2, one to learn against and one to be tested against"))
      }
    }
    return problems
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
    guard harmless.count >= 2 else {
      throw StatisticsError.tooFew(what: "harmless prompts", needed: 2, found: harmless.count)
    }
    let halves = [0, 1].map { half in harmless.enumerated().filter { $0.offset % 2 == half }.map(\.element) }

    let layers = settings.layers.resolved(count: subject.model.configuration.layers)
    guard !layers.isEmpty else { throw StatisticsError.tooFew(what: "layers to read", needed: 1, found: 0) }
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
      curves.0.append(try Self.summary(own, of: "categories with a prompt to learn from and one to be tested on"))
      curves.1.append(try Self.summary(other, of: "pairs of categories"))
    }
    return report(layers, within, across, names: names, settings)
  }

  private static func samples(_ features: RealMatrix, _ positive: [Int], _ negative: [Int]) throws -> Samples {
    try Samples(
      features: features.selecting(rows: positive + negative),
      labels: positive.map { _ in true } + negative.map { _ in false })
  }

  /// The mean over pairs of categories, with the range of 95% of them.
  ///
  /// - Throws: `StatisticsError` if no pair could be compared.
  private static func summary(_ areas: [Double], of what: String) throws -> Estimate {
    guard !areas.isEmpty else { throw StatisticsError.tooFew(what: what, needed: 1, found: 0) }
    let sorted = areas.sorted()
    let tail = sorted.count / 40
    return Estimate(
      value: areas.reduce(0, +) / Double(areas.count), low: sorted[tail], high: sorted[sorted.count - 1 - tail],
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
