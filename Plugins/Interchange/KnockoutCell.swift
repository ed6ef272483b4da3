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
  package static let version = 1
  package static let summary =
    "Cuts the attention edges to a span of the request, by layer, beside as many edges to other tokens."

  package static func problems(_ settings: Settings, in scope: CellScope) -> [Problem] {
    var problems = [scope.missing(column: settings.target, setting: "target")].compactMap { $0 }
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
    // Three arms for each layer: from there on, up to there, and the control.
    work.tokens *= 1 + 3 * layers.count
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
  /// The tokens of the span, those that lose their edges, and as many others that they see: `[prompt]`.
  let spans, readers, others: [[Int]]

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
    var (spans, readers, others): ([[Int]], [[Int]], [[Int]]) = ([], [], [])
    for prompt in prompts {
      let span = prompt.spans[settings.span] ?? 0..<0
      let first = settings.readers == .last ? prompt.end - 1 : span.upperBound
      spans.append(Array(span))
      readers.append(Array(first..<prompt.end))
      // A token always sees itself, so the readers are not among what is cut.
      others.append(
        Array((0..<first).filter { !span.contains($0) }.shuffled(using: &generator).prefix(span.count)).sorted())
    }
    (self.prompts, self.spans, self.readers, self.others) = (prompts, spans, readers, others)
  }

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
    let controls = others.allSatisfy { !$0.isEmpty } ? layers.map { cut(others, Array($0...last)) } : []
    let all = try values([[]] + onward + until + controls)
    let resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(rows: prompts.count)
    func gap(_ values: [Double], _ counts: [Int32]?) -> Double? {
      var (sums, weights) = ([0.0, 0.0], [0.0, 0.0])
      for index in values.indices {
        let (side, weight) = (harmful[index] ? 1 : 0, counts.map { Double($0[index]) } ?? 1)
        sums[side] += values[index] * weight
        weights[side] += weight
      }
      return weights[0] > 0 && weights[1] > 0 ? sums[1] / weights[1] - sums[0] / weights[0] : nil
    }
    guard let whole = gap(all[0], nil), whole != 0 else { throw NoGap() }
    func left(_ arms: ArraySlice<[Double]>) throws -> [Estimate] {
      try arms.map { values in try resamples.percentile { counts in gap(values, counts).map { $0 / whole } } }
    }
    let count = layers.count
    let shares = (
      onward: try left(all[1..<1 + count]), until: try left(all[1 + count..<1 + 2 * count]),
      control: try left(all[(1 + 2 * count)...])
    )
    var results = Results()
    results.values = [
      "gap": .number(whole), "n": .integer(prompts.count),
      "onward": .list(shares.onward.map(Value.estimate)), "until": .list(shares.until.map(Value.estimate)),
      "control": .group(["onward": .list(shares.control.map(Value.estimate))]),
    ]
    results.headline = ["gap", "n"]
    results.figures = [figure(shares.onward, shares.until, shares.control)]
    return results
  }

  private func figure(_ onward: [Estimate], _ until: [Estimate], _ control: [Estimate]) -> Figure {
    let x = layers.map(Double.init)
    let readers = settings.readers == .last ? "the last token" : "all tokens behind"
    return Figure(
      caption: "What is left of the difference between harmful and harmless prompts when \(readers) cannot attend to "
        + "“\(settings.span)”.",
      content: .lines(
        LineChart(
          xAxis: .init("layer"), yAxis: .init("share left"),
          series: [
            .init("cut from this layer on", role: .effect, x: x, y: onward),
            .init("cut up to this layer", role: .baseline, x: x, y: until),
          ]
            + (control.isEmpty
              ? [] : [.init("as many other edges, from this layer on", role: .null, x: x, y: control)]),
          references: [.init(0, "none"), .init(1, "all")])))
  }
}
