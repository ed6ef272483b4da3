import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{knockout}`: attention-edge knockout (Geva et al. 2023, arXiv 2304.14767). Tokens behind a span of the request are
/// kept from attending to it, from a layer on or up to one; what is left of the difference between harmful and harmless
/// prompts tells in which layers it travels along those edges.
package enum KnockoutCell: CellKind {
  /// Which tokens lose their edges to the span.
  package enum Readers: String, SettingChoice {
    /// The last token of the prompt.
    case last
    /// Every token behind the span.
    case behind
  }

  /// What a `{knockout}` cell may say.
  package struct Settings: CellSettings {
    var target = ""
    var span = ""
    var readers = Readers.last
    var rows = RowFilter.everything
    var layers = Layers.all
    var refusalTokens: [String] = []
    var along: Reference?
    var resamples = 1_000

    package init() {}

    package static let keys: [SettingKey<Settings>] = [
      .required("target", \.target, "The column that says which prompts are harmful: 0 or 1."),
      .required("span", \.span, "The span of the rows that is no longer attended to, such as task."),
      .required("refusal_tokens", \.refusalTokens, "First tokens of refusals, for the refusal score."),
      .optional("readers", \.readers, "Which tokens lose their edges: the last of the prompt, or all behind the span."),
      .optional("rows", \.rows, "The prompts."),
      .optional("layers", \.layers, "The layers from which on, and up to which, edges are cut, one at a time."),
      .optional("along", \.along, "A direction: its projection at its own hook, last token, is measured instead."),
      .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
    ]
  }

  package static let name = "knockout"
  package static let version = 2
  package static let summary =
    "Cuts the attention edges to a span of the request, by layer, beside as many edges to other tokens."

  package static func problems(_ settings: Settings, in scope: CellScope) -> [Problem] {
    var problems = scope.problems(ofLabels: settings.target, in: settings.rows, setting: "target")
    problems += scope.problems(of: settings.rows, setting: "rows")
    problems += scope.problems(of: settings.layers, setting: "layers")
    problems += scope.problems(of: [Position(.span(settings.span))], setting: "span")
    return problems + scope.problems(ofAnswers: settings.refusalTokens, setting: "refusal_tokens")
  }

  package static func work(_ settings: Settings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let count = subject.model.configuration.layers
    let layers = settings.layers.resolved(count: count)
    var work = scope.work(settings.rows)
    work.sweeps = true
    // Up to four arms for each layer: from there on, up to there, the control, and as few edges to the span.
    work.tokens *= 1 + 4 * layers.count
    return work
  }

  package static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    try Knockout(settings, in: context).results()
  }
}

/// One `{knockout}` cell as it runs.
private struct Knockout {
  let settings: KnockoutCell.Settings
  let context: CellContext
  let model: Model
  let prompts: [Prompt]
  let harmful: [Bool]
  let layers: [Int]
  let metric: RefusalMetric
  let direction: Direction?
  /// The tokens of the span, those that lose their edges, other tokens that they see, as many as the span has if there
  /// are so many, and as many of the span as there are others: `[prompt]`.
  let spans, readers, others, matched: [[Int]]

  init(_ settings: KnockoutCell.Settings, in context: CellContext) throws {
    (self.settings, self.context) = (settings, context)
    let (subject, data) = (try context.subject, try context.data)
    (model, layers) = (
      subject.model, settings.layers.resolved(count: subject.model.configuration.layers)
    )
    let prompts = try context.prompts(where: settings.rows)
    harmful = prompts.map { data.rows[$0.row][settings.target]?.truth ?? false }
    metric = try RefusalMetric(tokens: settings.refusalTokens, phrases: [], subject: subject)
    direction = try settings.along.map(context.direction)
    var generator = context.stream("other edges").generator()
    var choice = context.stream("edges of the span").generator()
    var (spans, readers, others, matched): ([[Int]], [[Int]], [[Int]], [[Int]]) = ([], [], [], [])
    for prompt in prompts {
      let span = prompt.spans[settings.span] ?? 0..<0
      let first = settings.readers == .last ? prompt.end - 1 : span.upperBound
      spans.append(Array(span))
      readers.append(Array(first..<prompt.end))
      // A token always sees itself, so the readers are not among what is cut.
      let other = (0..<first).filter { !span.contains($0) }.shuffled(using: &generator).prefix(span.count).sorted()
      others.append(other)
      matched.append(span.shuffled(using: &choice).prefix(other.count).sorted())
    }
    (self.prompts, self.spans, self.readers, self.others, self.matched) = (prompts, spans, readers, others, matched)
  }

  /// Whether every prompt has a token beside the span, so that there is a control.
  private var hasControl: Bool { others.allSatisfy { !$0.isEmpty } }
  /// How many prompts have fewer other tokens than the span has.
  private var fewer: Int { zip(spans, others).count { $0.count > $1.count } }

  /// What is measured of every prompt for each arm: `[arm][prompt]`.
  private func values(_ arms: [[Intervention]]) throws -> [[Double]] {
    let hook = try direction.map { try HookPoint($0.hook) }
    let sweep = try Sweep(
      of: model, over: prompts.map(\.tokens), arms: arms, capture: hook.map { [HookPattern($0)] } ?? [], at: .last)
    let progress = { @Sendable [context] (done: Int, total: Int) in try context.progress(done, of: total) }
    return try sweep.run(progress: progress) { [metric, direction] cell in
      guard let hook, let direction else { return metric.score(cell.logits.values) }
      return zip(try cell.activation(hook).values, direction.unit).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }.values
  }

  private func cut(_ keys: [[Int]], _ layers: [Int]) -> [Intervention] {
    [.knockout(queries: .indices(readers), keys: .indices(keys), layers: .some(layers))]
  }

  func results() throws -> Results {
    let last = model.configuration.layers - 1
    let onward = layers.map { cut(spans, Array($0...last)) }
    let until = layers.map { cut(spans, Array(0...$0)) }
    let controls = hasControl ? layers.map { cut(others, Array($0...last)) } : []
    let fewest = hasControl && fewer > 0 ? layers.map { cut(matched, Array($0...last)) } : []
    let all = try values([[]] + onward + until + controls + fewest)
    let resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(rows: prompts.count)
    func gap(_ values: [Double], _ counts: [Int32]) -> Double? {
      var (sums, weights) = ([0.0, 0.0], [0.0, 0.0])
      for index in values.indices {
        let (side, weight) = (harmful[index] ? 1 : 0, Double(counts[index]))
        sums[side] += values[index] * weight
        weights[side] += weight
      }
      return weights[0] > 0 && weights[1] > 0 ? sums[1] / weights[1] - sums[0] / weights[0] : nil
    }
    guard let whole = gap(all[0], prompts.map { _ in 1 }), whole != 0 else { throw NoGap() }
    func left(_ arms: ArraySlice<[Double]>) throws -> [Estimate] {
      try arms.map { values in try resamples.ratio(of: { gap(values, $0) }, to: { gap(all[0], $0) }) }
    }
    let count = layers.count
    let end = 1 + 2 * count + controls.count
    let shares = Shares(
      onward: try left(all[1..<1 + count]), until: try left(all[1 + count..<1 + 2 * count]),
      control: try left(all[1 + 2 * count..<end]), fewest: try left(all[end...]))
    var results = Results()
    results.values = [
      "gap": .number(whole), "n": .integer(prompts.count),
      "onward": .list(shares.onward.map(Value.estimate)), "until": .list(shares.until.map(Value.estimate)),
      "control": .group(["onward": .list(shares.control.map(Value.estimate))]),
      "matched": .group(["onward": .list(shares.matched.map(Value.estimate))]),
      // Tokens that are no longer seen, in all prompts together.
      "keys": .group([
        "span": .integer(keys(spans)), "control": .integer(hasControl ? keys(others) : 0), "fewer": .integer(fewer),
      ]),
    ]
    results.headline = ["gap", "n"]
    results.figures = [figure(shares)]
    results.notes = note.map { [$0] } ?? []
    return results
  }

  /// What is left of the gap, by layer. `[layer]`
  private struct Shares {
    let onward, until: [Estimate]
    /// Nothing where there is no control.
    let control: [Estimate]
    /// With as few edges to the span cut as the control has; nothing where it has as many.
    let fewest: [Estimate]

    /// What the control is to be compared with: as many edges to the span.
    var matched: [Estimate] { control.isEmpty ? [] : fewest.isEmpty ? onward : fewest }
  }

  private func keys(_ cut: [[Int]]) -> Int { cut.reduce(0) { $0 + $1.count } }

  /// What a reader must know of the control, if it cuts less than the knockout does.
  private var note: String? {
    guard hasControl else {
      return "There is no control: in \(others.count { $0.isEmpty }) of \(prompts.count) prompts nothing but "
        + "“\(settings.span)” can be cut."
    }
    guard fewer > 0 else { return nil }
    return "The control cuts fewer edges than the knockout: in \(fewer) of \(prompts.count) prompts fewer other tokens "
      + "can be cut than “\(settings.span)” has, \(keys(others)) in place of \(keys(spans)) in all. Compare it with "
      + "“matched”, where as many tokens of “\(settings.span)” are cut as the control cuts of others."
  }

  private func figure(_ shares: Shares) -> Figure {
    let x = layers.map(Double.init)
    let readers = settings.readers == .last ? "the last token" : "all tokens behind"
    var series: [LineChart.Series] = [
      .init("cut from this layer on", role: .effect, x: x, y: shares.onward),
      .init("cut up to this layer", role: .baseline, x: x, y: shares.until),
    ]
    if !shares.fewest.isEmpty {
      series.append(.init("as many as there are others, from this layer on", role: .effect, x: x, y: shares.fewest))
    }
    if !shares.control.isEmpty {
      let number = shares.fewest.isEmpty ? "as many other edges" : "fewer other edges"
      series.append(.init("\(number), from this layer on", role: .null, x: x, y: shares.control))
    }
    return Figure(
      caption: "What is left of the difference between harmful and harmless prompts when \(readers) cannot attend to "
        + "“\(settings.span)”.",
      content: .lines(
        LineChart(
          xAxis: .init("layer"), yAxis: .init("share left"), series: series,
          references: [.init(0, "none"), .init(1, "all")])))
  }
}
