import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{lens}`: the difference of two tokens' logits, read off the residual stream after every component (the logit lens
/// on accumulated residuals), for harmful and harmless prompts.
///
/// The residual stream of a place is carried to the end of the network as it is, through the final norm and the
/// unembedding; so the last value is the model's own. With rows to train on, a tuned lens is read beside it.
package enum LensCell: CellKind {
  /// At which tokens a tuned lens is trained.
  package enum TrainedAt: String, SettingChoice {
    case last, all
  }

  /// What a `{lens}` cell may say.
  package struct Settings: CellSettings {
    var target = ""
    var rows = RowFilter.everything
    var tokens: [String] = []
    var train: RowFilter?
    var trainedAt = TrainedAt.last
    var trainedOn = 1_024
    var steps = 20
    var resamples = 1_000

    package init() {}

    package static let keys: [SettingKey<Settings>] = [
      .required("target", \.target, "The column that says which prompts are harmful: 0 or 1."),
      .required("tokens", \.tokens, "Two tokens; the logit of the first less that of the second is read."),
      .optional("rows", \.rows, "The prompts."),
      .optional("train", \.train, "Other rows, on whose tokens a tuned lens is trained for each layer."),
      .optional("trained_at", \.trainedAt, "At which tokens of those rows: the last of each prompt, or all."),
      .optional("trained_on", \.trainedOn, "Tokens that it is trained on, at most; drawn with the document's seed."),
      .optional("steps", \.steps, "Steps of its training behind the least squares that it begins with."),
      .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
    ]
  }

  package static let name = "lens"
  package static let version = 3
  package static let summary =
    "Reads a logit difference off the accumulated residual stream at the last token, after every attention and MLP."

  package static func problems(_ settings: Settings, in scope: CellScope) -> [Problem] {
    var problems = scope.problems(ofLabels: settings.target, in: settings.rows, setting: "target")
    problems += scope.problems(of: settings.rows, setting: "rows")
    if let train = settings.train {
      problems += scope.problems(of: train, setting: "train")
      problems += scope.problems(ofParts: [("rows", settings.rows), ("train", train)])
    }
    for (name, value, allowed) in [
      ("trained_on", settings.trainedOn, 16...1_000_000), ("steps", settings.steps, 0...100_000),
    ] where !allowed.contains(value) {
      problems.append(
        Problem(
          "“\(name)” is \(value)", at: scope.location(of: name),
          expected: "expected: \(allowed.lowerBound) to \(allowed.upperBound)"))
    }
    return problems + scope.problems(ofTwoAnswers: settings.tokens, setting: "tokens")
  }

  package static func work(_ settings: Settings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let c = subject.model.configuration
    var work = scope.work(settings.rows, keeping: 2 * c.layers + 1)
    if let train = settings.train {
      let trained = scope.work(train, everywhere: c.layers + 1)
      work.tokens += trained.tokens + settings.steps * 256 * c.layers
      // The unembedding both ways, and what is said of every token, in float64.
      let numbers = 2 * c.vocabularySize * c.width + 2 * settings.trainedOn * c.vocabularySize
      work.bytes += trained.bytes + numbers * MemoryLayout<Double>.stride
    }
    return work
  }

  package static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    let (subject, data) = (try context.subject, try context.data)
    let prompts = try context.prompts(where: settings.rows)
    let harmful = prompts.map { data.rows[$0.row][settings.target]?.truth ?? false }
    let ids = settings.tokens.map { subject.tokenizer.encode($0)[0] }
    let configuration = subject.model.configuration
    let end = HookPoint(.residPost, layer: configuration.layers - 1)
    let places =
      (0..<configuration.layers).flatMap {
        [HookPoint(.residPre, layer: $0), HookPoint(.residMid, layer: $0)]
      } + [end]
    let last = prompts.map { [$0.tokens.count - 1] }
    let forward = try subject.model.forward(
      prompts.map(\.tokens), capture: places.map { HookPattern($0) }, at: .indices(last))
    let groups = TwoGroups(
      harmful: harmful,
      resamples: try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
        .draw(rows: prompts.count))

    // What each place has, put in at the end: cells that start behind the last block cost next to nothing.
    let arms = try places.map { place in
      let rows = try prompts.indices.map { index in
        (values: try forward.activation(place, sequence: index).values, positions: last[index])
      }
      return [
        Intervention(
          at: end, positions: .indices(last),
          operation: .replace(from: try Activations(end, rows: rows, configuration: configuration)))
      ]
    }
    let sweep = try Sweep(of: subject.model, over: prompts.map(\.tokens), arms: arms)
    let read = try sweep.run(progress: { try context.progress($0, of: $1) }) { cell in
      let logits = cell.logits.values
      return (
        difference: Double(logits[ids[0]]) - Double(logits[ids[1]]),
        top: logits.indices.max { logits[$0] < logits[$1] } ?? 0
      )
    }.values
    let gaps = try read.map { try groups.gap($0.map(\.difference)) }
    let tops = read.map { $0.map(\.top) }
    var results = report(places, gaps, settings, prompts: prompts.count)
    results.tables = [tokens(places, tops, harmful, subject)]
    if let train = settings.train {
      let layers = (0..<configuration.layers).map { HookPoint(.residPre, layer: $0) }
      let tuning = try Tuning(settings, on: train, layers: layers, end: end, in: context)
      func rows(_ point: HookPoint) throws -> RealMatrix {
        try RealMatrix(
          prompts.indices.map { try forward.activation(point, sequence: $0).values.map(Double.init) })
      }
      try tuning.report(try layers.map(rows), try rows(end), ids: ids, groups: groups, into: &results)
    }
    return results
  }

  /// The token that is likeliest at each place in most prompts of either kind, and in how many of them.
  private static func tokens(
    _ places: [HookPoint], _ tops: [[Int]], _ harmful: [Bool], _ subject: Subject
  ) -> Table {
    func column(_ tops: [Int], _ side: Bool) -> [Value] {
      let counts = Dictionary(grouping: tops.indices.filter { harmful[$0] == side }) { tops[$0] }.mapValues(\.count)
      let total = counts.values.reduce(0, +)
      guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else {
        return [.text(""), .number(.nan)]
      }
      return [.text(subject.tokenizer.displayString(most.key)), .number(Double(most.value) / Double(total))]
    }
    return Table(
      name: "tokens", caption: "The likeliest next token at each place, in most prompts of either kind.",
      columns: [
        .init("place"), .init("harmful", isModelText: true), .init("share", format: "%.2f"),
        .init("harmless", isModelText: true), .init("share", format: "%.2f"),
      ],
      rows: zip(places, tops).map { place, tops in
        [.text("\(place.layer).\(place.site.shortName)")] + column(tops, true) + column(tops, false)
      })
  }

  private static func report(_ places: [HookPoint], _ gaps: [Estimate], _ settings: Settings, prompts: Int) -> Results {
    let final = gaps[gaps.count - 1].value
    let jumps = zip(gaps.dropFirst(), gaps).map { $0.value - $1.value }
    let largest = jumps.indices.max { jumps[$0] < jumps[$1] } ?? 0
    // The component between two places: attention after resid_pre, the MLP after resid_mid.
    let component = places[largest].site == .residPre ? "attn_out" : "mlp_out"
    var results = Results()
    results.values = [
      "gap": .list(gaps.map(Value.estimate)), "final": .estimate(gaps[gaps.count - 1]),
      "jump": .group([
        "layer": .integer(places[largest].layer), "component": .text(component), "size": .number(jumps[largest]),
        "share": .number(final == 0 ? .nan : jumps[largest] / final), "before": .estimate(gaps[largest]),
        "after": .estimate(gaps[largest + 1]),
      ]),
      "n": .integer(prompts),
    ]
    results.headline = ["final", "jump.share"]
    let x = places.indices.map { Double($0) / 2 }
    results.figures = [
      Figure(
        caption: "Logit of “\(settings.tokens[0])” less “\(settings.tokens[1])”, harmful less harmless prompts, "
          + "accumulated up to each half layer.",
        content: .lines(
          LineChart(
            xAxis: .init("layer (whole: resid_pre, half: resid_mid)"), yAxis: .init("gap", unit: "logits"),
            series: [.init("gap", x: x, y: gaps)], references: [.init(0, "none")])))
    ]
    return results
  }
}
