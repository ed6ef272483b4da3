import Testing

/// Models whose circuit is known: the object's token carries the harm, head 0.0 copies it to the last token, and a
/// feed-forward layer behind makes the decision of it.
@Suite("Planted circuits")
struct PlantedCircuitTests {
  private static let common = "target: harmful\nrefusal_tokens: [Sorry]\nresamples: 100"

  private static func patch(_ label: String, _ settings: String) -> String {
    "```{patch}\nlabel: \(label)\n\(common)\n\(settings)\n```\n\n"
  }

  private static func ablation(_ label: String, _ settings: String) -> String {
    let rows = settings.contains("rows") ? "" : "rows: { half: 1, harmful: 1 }\n"
    return "```{ablation}\nlabel: \(label)\nrefusal_tokens: [Sorry]\nmax_new_tokens: 1\n\(rows)\(settings)\n```\n\n"
  }

  private static let cells =
    """
    ```{probe}
    label: probe
    target: harmful
    site: resid_pre
    positions: [last]
    method: [mean_difference]
    group: pair
    permutations: 50
    resamples: 100
    ```

    ```{attribute}
    label: attribute
    target: harmful
    tokens: [Sorry, Sure]
    resamples: 100
    ```

    ```{lens}
    label: lens
    target: harmful
    tokens: [Sorry, Sure]
    resamples: 100
    ```

    ```{interchange}
    label: interchange
    \(common)
    at: 1
    permutations: 200
    max_new_tokens: 1
    ```

    ```{interchange}
    label: learnt
    \(common)
    at: 1
    train: { half: 0 }
    rows: { half: 1 }
    permutations: 200
    controls: 4
    max_new_tokens: 1
    ```

    ```{interchange}
    label: whole
    \(common)
    at: 1
    train: { half: 0 }
    rank: 3
    steps: 60
    rows: { half: 1 }
    permutations: 200
    controls: 4
    max_new_tokens: 1
    ```

    ```{knockout}
    label: knockout
    \(common)
    span: object
    ```

    ```{steer}
    label: steer
    direction: learnt.learnt_0
    refusal_tokens: [Sorry]
    rows: { half: 1, harmful: 0 }
    at: 1
    doses: [-0.5, 0, 0.5, 1]
    max_new_tokens: 1
    resamples: 100
    ```

    """ + ablation("innocent", "operation: zero\nsite: attn_out\nlayers: [0]\nrows: { half: 1, harmful: 0 }")
    + ablation("carrier", "operation: zero\nsite: attn_out\nlayers: [0]")
    + ablation("behind", "operation: zero\nsite: attn_out\nlayers: [1, 2, 3]")
    + ablation("without", "operation: ablate\ndirection: learnt.learnt_0")
    + ablation("neither", "operation: ablate\ndirection: learnt.learnt_0\nrows: { half: 1, harmful: 0 }")
    + patch("stream", "site: resid_pre\npositions: [object, last]")
    + patch("noise", "site: resid_pre\npositions: [object, last]\ndirection: noising")
    + patch("heads", "site: z\nheads: all\npositions: [last]") + patch("mlp", "site: mlp_out\npositions: [last]")
    + patch("neurons", "site: mlp_post\nlayers: [1]\nneurons: [0, 1, 2, 3, 4]\npositions: [last]")
    + patch("gradients", "site: resid_pre\npositions: [object, last]\nmethod: attribution")

  private static let estimators = [
    "interchange", "learnt", "whole", "knockout", "steer", "without", "neither", "stream", "noise", "heads", "mlp",
    "neurons",
    "gradients",
  ]

  private func run(_ rule: PlantedModel.Rule, failing: [String] = []) throws -> PlantedRun {
    try PlantedRun(rule, data: "pairs", cells: Self.cells, failing: failing)
  }

  @Test("Probes read the harm at the last token from the layer on that the head writes to, and not before.")
  func probe() throws {
    let run = try run(.sum)
    #expect(try run.text("probe.onset.layer") == "1")
    let curve = try run.numbers("probe.map.mean_difference.last")
    #expect(isNear(Array(curve.dropFirst()), [1, 1, 1], 0) && abs(curve[0] - 0.5) < 0.1, "\(curve)")
  }

  @Test(
    "Patching finds the object's token before the head, the last token behind it, the head, the layer and its neurons.")
  func patching() throws {
    let run = try run(.sum)
    for label in ["stream", "noise"] {
      #expect(isNear(try run.numbers("\(label).effect.object"), [1, 0, 0, 0], 0.05))
      #expect(isNear(try run.numbers("\(label).effect.last"), [0, 1, 1, 1], 0.05))
    }
    #expect(isNear(try run.numbers("heads.effect.last.0"), [1, 0], 0.02))
    for layer in 1...3 { #expect(isNear(try run.numbers("heads.effect.last.\(layer)"), [0, 0], 0)) }
    #expect(isNear(try run.numbers("mlp.effect.last"), [0, 1, 0, 0], 0.02))
    let neurons = try run.numbers("neurons.effect.last.0")
    // A neuron for each category, each in a third of the pairs, and by the category's strength.
    #expect(neurons.prefix(3).allSatisfy { $0 > 0.15 } && isNear(Array(neurons.dropFirst(3)), [0, 0], 0), "\(neurons)")
    #expect(abs(neurons.reduce(0, +) - 1) < 0.05)
  }

  @Test("Gradients tell the same places as patches that are run.")
  func gradients() throws {
    let run = try run(.sum)
    #expect(try run.estimate("gradients.effect.last.1").value > 0.5)
    #expect(try run.estimate("gradients.effect.object.0").value > 0.5)
    #expect(abs(try run.estimate("gradients.effect.object.2").value) < 0.01)
  }

  @Test(
    "The lens and the attribution tell the feed-forward layer that makes the decision; heads that only carry add nothing."
  )
  func attribution() throws {
    for (rule, layer) in [(PlantedModel.Rule.sum, 1), (.or, 2), (.max, 2)] {
      let run = try run(rule)
      #expect(try run.text("lens.jump.layer") == "\(layer)")
      #expect(try run.text("lens.jump.component") == "mlp_out")
      #expect(try run.text("attribute.strongest.component") == "\(layer).mlp_out")
      #expect(
        abs(try run.estimate("attribute.components.mlp_out_\(layer)").value / run.estimate("attribute.total").value - 1)
          < 1e-3)
      #expect(abs(try run.estimate("attribute.components.attn_out_0").value) < 1e-3)
    }
  }

  @Test("Whoever gives the state of the last token gives the decision, from the layer on that the head writes to.")
  func interchange() throws {
    let run = try run(.sum)
    #expect(isNear(try run.numbers("interchange.layers.harm"), [0, 1, 1, 1], 0.05))
    #expect(isNear(try run.numbers("interchange.layers.task"), [1, 0, 0, 0], 0.05))
    #expect(abs(try run.estimate("interchange.score.harm").value - 1) < 0.05)
    #expect(abs(try run.estimate("interchange.control.wrong_position").value) < 1e-6)
  }

  @Test(
    "Three dimensions, learnt on other pairs, carry three features whole; one carries what one can, random ones nothing."
  )
  func search() throws {
    let run = try run(.sum)
    let whole = try run.estimate("whole.score.harm").value
    #expect(abs(whole - 1) < 0.1, "\(whole)")
    // One dimension gives all of a feature, and takes a third of it away: a neuron reads nothing below 0.
    let share = try run.estimate("learnt.score.harm").value
    #expect(abs(share - 2.0 / 3) < 0.1, "\(share)")
    #expect(abs(Double(try run.text("learnt.control.largest_random_span")) ?? 1) < 0.2)
    let direction = try #require(run.record.cell("learnt")?.results.directions["learnt_0"])
    // The three features, alike and of one sign, and nothing else.
    let features = direction.unit[1...3].map(Double.init)
    #expect(features.reduce(0) { $0 + $1 * $1 } > 0.9, "\(direction.unit)")
    #expect(features.allSatisfy { $0 * features[0] > 0 })
  }

  @Test("Cutting the edges to the object matters where the head reads, and nowhere behind it.")
  func knockout() throws {
    let run = try run(.sum)
    #expect(isNear(try run.numbers("knockout.onward"), [0, 1, 1, 1], 0.02))
    #expect(isNear(try run.numbers("knockout.until"), [0, 0, 0, 0], 0.02))
    #expect(try run.numbers("knockout.control.onward").allSatisfy { $0 > 0.9 })
  }

  @Test(
    "Steering works from onsets that the deciding layer still reads, with its sign, and random directions do not.")
  func steering() throws {
    let run = try run(.sum)
    let slopes = try run.numbers("steer.layers.slope")
    #expect(
      slopes[0] > 0.5 && slopes[1] > 0.5 && slopes.dropFirst(2).allSatisfy { abs($0) < slopes[1] / 20 }, "\(slopes)")
    #expect(abs(try run.estimate("steer.control.slope").value) < slopes[1] / 4)
    let score = try run.numbers("steer.score")
    #expect(score[3] > score[2] && score[2] > score[1])
  }

  @Test(
    "Without the head that carries the harm, harmful is scored as harmless; without heads behind it nothing changes.")
  func ablation() throws {
    let run = try run(.sum)
    func score(_ path: String) throws -> Double { try run.estimate("\(path).refusal_score").value }
    let (harmless, harmful) = (try score("innocent.base"), try score("carrier.base"))
    #expect(harmful > harmless + 1)
    #expect(abs(try score("carrier.changed") - harmless) < 0.02)
    #expect(try score("innocent.effect").magnitude < 0.02)
    #expect(try score("behind.effect") == 0 && run.text("behind.changed.altered") == "0")
    // The sum of three features is what is read, and along what was learnt nothing of it is left. (A random direction is no
    // control here: each has some of the constant that the norms rest on.)
    #expect(abs(try score("without.changed") - score("neither.changed")) < (harmful - harmless) / 20)
  }

  @Test("In the twin whose weights read the wrong elements the harm is as readable, and nothing is found to use it.")
  func scrambled() throws {
    let run = try run(.scrambled, failing: Self.estimators)
    #expect(try run.text("probe.onset.layer") == "1")
    #expect(abs(try run.estimate("attribute.total").value) < 1e-3)
    #expect(try abs(run.estimate("lens.final").value) < 1e-3)
  }
}
