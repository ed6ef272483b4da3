import Experiment
import Statistics
import Tensor
import Transformer

/// Tuned lenses for the layers of a `{lens}` cell, and what they read.
struct Tuning {
  private let settings: LensCell.Settings
  private let context: CellContext
  private let reader: TunedLens.Reader
  private let layers: [HookPoint]
  private let lenses: [TunedLens]

  /// Trains them on tokens of other rows than those that are looked at.
  init(
    _ settings: LensCell.Settings, on train: RowFilter, layers: [HookPoint], end: HookPoint, in context: CellContext
  ) throws {
    let model = try context.subject.model
    let prompts = try context.prompts(where: train)
    var generator = context.stream("tokens").generator()
    let all = prompts.indices.flatMap { prompt in
      let tokens = prompts[prompt].tokens.indices
      return (settings.trainedAt == .last ? tokens.suffix(1) : tokens).map { (prompt: prompt, token: $0) }
    }
    var chosen = [[Int]](repeating: [], count: prompts.count)
    for place in all.shuffled(using: &generator).prefix(settings.trainedOn) { chosen[place.prompt].append(place.token) }
    let used = prompts.indices.filter { !chosen[$0].isEmpty }
    let forward = try model.forward(
      used.map { prompts[$0].tokens }, capture: (layers + [end]).map { HookPattern($0) },
      at: .indices(used.map { chosen[$0].sorted() }), logits: .none)
    // Dealt anew, so that each step sees tokens of many prompts.
    let count = used.reduce(0) { $0 + chosen[$1].count }
    let order = (0..<count).shuffled(using: &generator)
    func vectors(_ point: HookPoint) throws -> RealMatrix {
      let values = try used.indices.flatMap { try forward.activation(point, sequence: $0).values }
      return try RealMatrix(rows: count, columns: model.configuration.width, activations: values)
        .selecting(rows: order)
    }
    let reader = try TunedLens.Reader(model)
    let (streams, last) = (try layers.map(vectors), try vectors(end))
    let steps = settings.steps
    try context.progress(0, of: layers.count)
    lenses = try Threads.map(layers.count) { layer in
      try TunedLens(streams[layer], to: last, reader: reader, steps: steps)
    }
    try context.progress(layers.count, of: layers.count)
    (self.settings, self.context, self.reader, self.layers) = (settings, context, reader, layers)
  }

  /// Says what both lenses read off the prompts that are looked at.
  ///
  /// - Parameters:
  ///   - streams: each layer's vectors at the last tokens: `[layer]`, `[prompt, d_model]`.
  ///   - end: those behind the last block.
  ///   - ids: the two tokens whose logits differ.
  func report(
    _ streams: [RealMatrix], _ end: RealMatrix, ids: [Int], groups: TwoGroups, into results: inout Results
  ) throws {
    let said = try reader.logits(end)
    let logit = try TunedLens(width: end.columns)
    var (gaps, tuned, plain): ([Estimate], [Estimate], [Estimate]) = ([], [], [])
    for (stream, lens) in zip(streams, lenses) {
      let read = try reader.logits(try lens(stream))
      gaps.append(try groups.gap((0..<read.rows).map { read[$0, ids[0]] - read[$0, ids[1]] }))
      tuned.append(try groups.mean(try TunedLens.divergences(read, from: said)))
      plain.append(try groups.mean(try TunedLens.divergences(try reader.logits(try logit(stream)), from: said)))
    }
    results.values["tuned"] = .group([
      "gap": .list(gaps.map(Value.estimate)),
      "divergence": .group([
        "tuned": .list(tuned.map(Value.estimate)), "logit": .list(plain.map(Value.estimate)),
      ]),
    ])
    let x = layers.map { Double($0.layer) }
    results.figures += [
      Figure(
        name: "tuned",
        caption: "How far what is read off resid_pre is from what the model says in the end, on rows that the tuned "
          + "lens was not trained on.",
        content: .lines(
          LineChart(
            xAxis: .init("layer (resid_pre)"), yAxis: .init("divergence", unit: "nats"),
            series: [
              .init("tuned lens", role: .effect, x: x, y: tuned), .init("logit lens", role: .baseline, x: x, y: plain),
            ], references: [.init(0, "the model's own")]))),
      Figure(
        name: "tuned-gap",
        caption: "Logit of “\(settings.tokens[0])” less “\(settings.tokens[1])”, harmful less harmless prompts, as the "
          + "tuned lens reads it.",
        content: .lines(
          LineChart(
            xAxis: .init("layer (resid_pre)"), yAxis: .init("gap", unit: "logits"),
            series: [.init("tuned lens", x: x, y: gaps)], references: [.init(0, "none")]))),
    ]
  }
}
