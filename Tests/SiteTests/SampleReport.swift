import Experiment
import Foundation
import Manuscript
import Site
import Statistics
import Tensor

/// An experiment with all that a report can show, made from formulas: nothing here was measured.
enum SampleReport {
  static let hostile =
    "<script>alert('x')</script>\" onload=\"alert(1)\" ]]> \u{0}\u{1B}[31m \u{202E}desrever\u{2066} <\u{338}b>"

  static let document = """
    ---
    title: Where does harmfulness become readable?
    model: aligned-small
    data: requests
    params: { folds: 5 }
    seed: 17
    tags: [claim-A, probing]
    description: A linear probe is trained at every layer and position, and held to what words alone can tell.
    ---
    No single word of a request says whether it is harmful: the generator balances every word over both classes.
    If a model refuses all the same, it has computed something. We ask at which layer and position a linear probe
    can read it. The best probe sits at layer `{value} harmfulness.best.layer` with AUROC
    `{value} harmfulness.best.auroc | %.3f` (@fig-harmfulness), against
    `{value} harmfulness.baseline.bag_of_words.auroc | %.3f` for a bag of words (@tbl-harmfulness). The model has
    `{value} model.layers` layers; the two claims are @claim-early-mid and @claim-words.

    ## Method

    Logistic regression with an L2 penalty, five folds grouped by template and object, so that no combination
    stands on both sides. A value that was never computed reads `{value} broken.rate`.

    ```{probe}
    label: harmfulness
    caption: Cross-validated AUROC by layer and position
    target: harmful
    site: resid_post
    positions: [object, "instruction[-1]", last]
    ```

    ```{claim}
    label: early-mid
    says: Harmfulness is readable in the first two thirds of the layers, and not from the words alone.
    expect:
      - harmfulness.best.layer < 0.66 * model.layers
      - harmfulness.best.auroc.low > harmfulness.baseline.bag_of_words.auroc.high
    ```

    ```{claim}
    label: words
    says: A bag of words tells harmful requests from harmless ones.
    expect:
      - harmfulness.baseline.bag_of_words.auroc.low > 0.9
    ```

    ```{claim}
    label: embedding
    says: The mean embedding does no better than chance.
    expect:
      - harmfulness.baseline.embedding.auroc < 0.55
    ```

    ## What the model says

    Ablating the direction stops refusal (@fig-refusal), and the ablated model still names the right object.
    By layer it looks alike (@fig-harmfulness.layers, not @fig-harmfulness.places).

    ```{ablation}
    label: refusal
    direction: harmfulness.best
    ```

    ```{ablation}
    label: broken
    direction: harmfulness.best
    ```

    | stage | what happens |
    |---|---|
    | task | the object is read |
    | last | the decision is written |

    """

  static func record(_ shift: Double = 0) -> Record {
    Record(
      experiment: "harmfulness-by-layer", document: document,
      inputs: Record.Inputs(
        document: Digest(of: document),
        models: [.init(name: "aligned-small", digest: Digest(of: "model"))],
        data: [.init(name: "requests", digest: Digest(of: "data"))], plugins: ["ablation": 1, "probe": 2],
        engine: "1", linearAlgebra: "Haswell", overrides: [:], seed: 17,
        facts: ["model": .group(["layers": 11, "name": "aligned-small"])]),
      cells: [probe(shift), ablation, broken], claims: claims, promptSets: [promptSet])
  }

  static var promptSet: PromptSet {
    var results = Results()
    results.values = [
      "tokens": .group(["prompts": 12, "shortest": 9, "median": 11, "longest": 14]),
      "parity": .group(["prompts": 4, "relative": .number(2.5e-6), "logits": .number(3e-6)]),
    ]
    results.tables = [
      Table(
        name: "tokens", caption: "Row 1 as the model reads it, with the places that cells name.",
        columns: [
          .init("#", format: "%d"), .init("id", format: "%d"), .init("token", isModelText: true), .init("part"),
          .init("positions"),
        ],
        rows: [
          [0, 5, .text("<|user|>"), .text("template"), .text("")],
          [1, 77, .text("␣<b>drum</b>"), .text("instruction, object"), .text("object, instruction[-1]")],
          [2, 6, .text("<|end|>"), .text("post_instruction"), .text("last")],
        ]),
      Table(
        name: "parity", caption: "The engine against the float64 reference on rows 1, 2.",
        columns: [
          .init("tensor"), .init("max |difference|", format: "%.1e"), .init("at"), .init("max |value|", format: "%.3g"),
        ],
        rows: [
          [.text("blocks.0.hook_resid_post"), .number(1.25e-6), .text("[0, 3, 17]"), .number(3.5)],
          [.text("logits"), .number(3e-6), .text("[1, 2, 900]"), .number(21.25)],
        ]),
    ]
    return PromptSet(model: "aligned-small", data: "requests", key: Digest(of: "prompts"), results: results)
  }

  static func page(_ record: Record = record()) -> Page {
    let past = (0..<6).map { index in
      let older = Self.record(index > 3 ? -0.15 : Double(index) * -0.004)
      return Page.Past(
        commit: Digest(of: "commit \(index)").hex.prefix(40).lowercased(),
        date: Date(timeIntervalSince1970: 1_790_000_000 - Double(index) * 86_400),
        subject: "harmfulness-by-layer: supported, harmfulness.best.auroc \(0.98 - Double(index) / 250)",
        verdict: index == 5 ? .inconclusive : .refuted, headline: older.headline)
    }
    return Page(
      record: record, commit: past.first?.commit, date: past.first?.date,
      trailers: ["Source-Commit": Digest(of: "source").hex, "Host": "bench", "Seconds": "12.4"], history: past)
  }

  // MARK: Cells

  static let positions = ["object", "instruction[-1]", "post_instruction[0]", "post_instruction[1]", "last"]

  /// Rises from chance to nearly 1, later at later positions.
  static func auroc(_ row: Int, _ layer: Int, _ shift: Double = 0) -> Estimate {
    let value = 0.5 + (0.49 + shift) / (1 + exp(-(Double(layer) - 3 - Double(row) * 0.9) * 1.2))
    return Estimate(value: value, low: value - 0.02, high: min(1, value + 0.016), n: 1200)
  }

  static func heatmap(_ shift: Double = 0) -> Heatmap {
    Heatmap(
      rowAxis: .init("position"), rows: positions, columnAxis: .init("layer (resid_post)"),
      columns: (0..<11).map { "\($0)" }, quantity: .init("AUROC", range: 0.5...1),
      cells: positions.indices.map { row in
        (0..<11).map { layer in row == 4 && layer == 0 ? nil : auroc(row, layer, shift) }
      }, marks: [.init(row: 0, column: 7, label: "best")])
  }

  static func lines(_ shift: Double = 0) -> LineChart {
    let x = (0..<11).map(Double.init)
    func flat(_ value: Double) -> [Estimate] {
      x.map { _ in Estimate(value: value, low: value - 0.025, high: value + 0.025, n: 1200) }
    }
    return LineChart(
      xAxis: .init("layer (resid_post)"), yAxis: .init("AUROC", range: 0.4...1),
      series: positions.enumerated().map { row, name in
        .init(name, x: x, y: (0..<11).map { auroc(row, $0, shift) })
      } + [
        .init("bag of words", role: .baseline, x: x, y: flat(0.57)),
        .init("shuffled labels", role: .null, x: x, y: flat(0.503)),
      ], references: [.init(0.5, "chance")])
  }

  static func probe(_ shift: Double) -> Record.Cell {
    var results = Results()
    let best = auroc(0, 7, shift)
    results.values = [
      "best": .group(["layer": 7, "position": "object", "auroc": .estimate(best)]),
      "baseline": .group([
        "bag_of_words": .group(["auroc": .estimate(Estimate(value: 0.571, low: 0.546, high: 0.597, n: 1200))]),
        "embedding": .group(["auroc": .estimate(Estimate(value: 0.54, low: 0.51, high: 0.566, n: 1200))]),
      ]),
      "control": .group(["shuffled": .estimate(Estimate(value: 0.503, low: 0.478, high: 0.528, n: 1200))]),
    ]
    results.headline = ["best.auroc", "best.layer"]
    results.figures = [
      Figure(caption: "Outlined: the best cell, chosen on the training folds.", content: .heatmap(heatmap(shift))),
      Figure(
        name: "layers", caption: "The same by layer, with what it must beat and what must be at chance.",
        content: .lines(lines(shift))),
    ]
    results.tables = [
      Table(
        caption: "What the probe is held to.",
        columns: [.init("what"), .init("AUROC", format: "%.3f"), .init("prompts"), .init("tokens", isModelText: true)],
        rows: [
          ["best probe", .estimate(best), 1200, "<|user|>What is…<|end|>"],
          ["bag of words", .estimate(Estimate(value: 0.571, low: 0.546, high: 0.597, n: 1200)), 1200, "what is"],
          ["shuffled labels", .estimate(Estimate(value: 0.503, low: 0.478, high: 0.528, n: 1200)), 1200, ""],
        ])
    ]
    results.notes = ["The folds hold out combinations of object, owner, purpose and consent, not single words."]
    return Record.Cell(label: "harmfulness", kind: "probe", key: Digest(of: "probe"), results: results)
  }

  static let bars = BarChart(
    axis: .init("responses that refuse", unit: "share", range: 0...1),
    groups: [
      .init(
        "harmful requests",
        [
          .init("unchanged", role: .baseline, Estimate(value: 0.985, low: 0.957, high: 0.995, n: 200)),
          .init("direction ablated", Estimate(value: 0.06, low: 0.035, high: 0.102, n: 200)),
          .init("5 random directions", role: .null, Estimate(value: 0.98, low: 0.969, high: 0.987, n: 1000)),
        ]),
      .init(
        "harmless requests",
        [
          .init("unchanged", role: .baseline, Estimate(value: 0.005, low: 0.001, high: 0.028, n: 200)),
          .init("direction added", Estimate(value: 0.94, low: 0.898, high: 0.965, n: 200)),
        ]),
    ])

  static var ablation: Record.Cell {
    var results = Results()
    results.values = ["changed": .group(["rate": .estimate(Estimate(value: 0.06, low: 0.035, high: 0.102, n: 200))])]
    results.headline = ["changed.rate"]
    results.figures = [Figure(caption: "Share of responses that refuse, by arm.", content: .bars(bars))]
    results.galleries = [
      Gallery(
        caption: "What the model said, with nothing changed and with the change.",
        entries: [
          .init(
            prompt: "<|user|>Can you help me repaint my aunt's fence? She has agreed.<|end|>",
            responses: [
              .init(
                arm: "unchanged", text: "<|direct|>\nOf course. First, wash the fence.<eot>", labels: ["answers"]),
              .init(
                arm: "direction added",
                text: "<think> the fence is not yours</think><refuse>\nI can't help with the fence.<eot>",
                labels: ["refuses"]),
            ]),
          .init(prompt: hostile, responses: [.init(arm: "unchanged", text: hostile, labels: ["refuses"])]),
        ])
    ]
    return Record.Cell(label: "refusal", kind: "ablation", key: Digest(of: "ablation"), results: results)
  }

  static let broken = Record.Cell(
    label: "broken", kind: "ablation", key: Digest(of: "broken"),
    failure: "the intervention never fired: no prompt has the position “post_instruction[9]”", results: Results())

  static var claims: [Record.Claim] {
    [
      Record.Claim(
        label: "early-mid",
        says: "Harmfulness is readable in the first two thirds of the layers, and not from the words alone.",
        verdict: .supported,
        expectations: [
          .init(
            source: "harmfulness.best.layer < 0.66 * model.layers", verdict: .supported,
            values: ["harmfulness.best.layer": 7, "model.layers": 11]),
          .init(
            source: "harmfulness.best.auroc.low > harmfulness.baseline.bag_of_words.auroc.high", verdict: .supported,
            values: ["harmfulness.best.auroc.low": 0.966, "harmfulness.baseline.bag_of_words.auroc.high": 0.597]),
        ]),
      Record.Claim(
        label: "words", says: "A bag of words tells harmful requests from harmless ones.", verdict: .refuted,
        expectations: [
          .init(
            source: "harmfulness.baseline.bag_of_words.auroc.low > 0.9", verdict: .refuted,
            values: ["harmfulness.baseline.bag_of_words.auroc.low": 0.546])
        ]),
      Record.Claim(
        label: "embedding", says: "The mean embedding does no better than chance.", verdict: .inconclusive,
        expectations: [
          .init(
            source: "harmfulness.baseline.embedding.auroc < 0.55", verdict: .inconclusive,
            values: [
              "harmfulness.baseline.embedding.auroc": .estimate(Estimate(value: 0.54, low: 0.51, high: 0.566, n: 1200))
            ])
        ]),
    ]
  }

  /// A second, small experiment, so that the index has something to choose from.
  static var training: Page {
    let text =
      "---\ntitle: Training aligned-small\nparams: { steps: 4000 }\nseed: 3\ntags: [training]\n---\n\nThe model is trained from scratch.\n"
    return Page(
      record: Record(
        experiment: "drafts/aligned-small", document: text,
        inputs: Record.Inputs(
          document: Digest(of: text), models: [.init(name: "none", digest: Digest(of: "none"))], data: [],
          plugins: [:], engine: "1", linearAlgebra: "Haswell", overrides: ["steps": "10; rm -rf"], seed: 3, facts: [:]),
        cells: [], claims: []))
  }
}
