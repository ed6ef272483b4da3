import Testing

/// Models whose rule of combination is known, because their weights are written down.
@Suite("Planted rules of combination")
struct PlantedCombinationTests {
  private static let cells = """
    ```{combine}
    label: combine
    target: harmful
    categories: [theft, drugs, hacking]
    train: { part: train }
    fit: { part: validation }
    test: { part: test }
    inject: 1
    read: [2, 3]
    dose: 1
    doses: [0.5, 1]
    controls: 2
    permutations: 200
    resamples: 200
    ```

    ```{geometry}
    label: geometry
    target: harmful
    train: { part: train }
    test: { part: test }
    tokens: [Sorry, Sure]
    shuffles: 5
    resamples: 100
    ```

    ```{rivals}
    label: rivals
    target: harmful
    train: { part: train }
    test: { part: test }
    tokens: [Sorry, Sure]
    refusal_tokens: [Sorry]
    refusal_phrases: [Sorry]
    controls: 2
    max_new_tokens: 1
    resamples: 100
    ```

    """

  private func run(_ rule: PlantedModel.Rule, failing: [String] = []) throws -> PlantedRun {
    try PlantedRun(rule, data: "planted", cells: Self.cells, failing: failing)
  }

  @Test("A sum leaves no interaction, whatever the dose and the layer, and is told from every other rule.")
  func sum() throws {
    let run = try run(.sum)
    #expect(try run.estimate("combine.alone").value > 0.3)
    #expect(abs(try run.estimate("combine.interaction").value) < 1e-3)
    #expect(abs(try run.estimate("combine.doubled").value) < 1e-3)
    #expect(try run.text("combine.grid.significant") == "0")
    #expect(try run.text("combine.rules.simplest") == "linear")
    #expect(try run.estimate("combine.rules.max.gain").high ?? 0 < -1)
    #expect(abs(try run.estimate("combine.natural.relative").value) < 0.1)
  }

  @Test("A noisy OR of features has a negative interaction, between categories and not within one, and is recognised.")
  func or() throws {
    let run = try run(.or)
    #expect(try run.estimate("combine.interaction").high ?? 0 < -0.05)
    #expect(try run.estimate("combine.relative").value < -0.3)
    #expect(try run.text("combine.rules.best") == "noisy_or")
    #expect(try run.estimate("combine.rules.margin").low ?? 0 > 0)
    #expect(abs(try run.estimate("combine.doubled").value) < 1e-3)
    #expect(try run.estimate("combine.distinct").high ?? 0 < -0.05)
    #expect(try run.estimate("combine.natural.relative").high ?? 0 < -0.1)
    #expect(try run.text("combine.grid.positive") == "0")
  }

  @Test("A maximum has a negative interaction, and is told from a noisy OR.")
  func maximum() throws {
    let run = try run(.max)
    #expect(try run.estimate("combine.interaction").high ?? 0 < -0.05)
    #expect(try run.text("combine.rules.best") == "max")
    #expect(try run.estimate("combine.rules.margin").low ?? 0 > 0)
    #expect(try run.estimate("combine.natural.relative").high ?? 0 < -0.1)
  }

  @Test("An AND has a positive interaction, in injections and in requests as they come.")
  func and() throws {
    let run = try run(.and)
    #expect(try run.estimate("combine.interaction").low ?? 0 > 0.05)
    #expect(try run.estimate("combine.natural.interaction").low ?? 0 > 0.05)
    #expect(try run.text("combine.grid.negative") == "0")
  }

  @Test("In the twin whose weights read the wrong elements nothing interacts, and nothing is decided.")
  func scrambled() throws {
    // There is no gap in logits: what looks for a jump in it, or for what makes it, must not find any.
    let run = try run(.scrambled, failing: ["geometry", "rivals"])
    #expect(abs(try run.estimate("combine.interaction").value) < 1e-3)
    #expect(try run.text("combine.grid.significant") == "0")
    #expect(try run.text("combine.rules.simplest") == "linear")
  }

  @Test("Controls do nothing: random directions, a first token that is read by nobody behind it, a dose of nothing.")
  func controls() throws {
    let run = try run(.or)
    let alone = try run.estimate("combine.alone").value
    #expect(abs(try run.estimate("combine.control.random").value) < alone / 4)
    #expect(abs(try run.estimate("combine.control.wrong_position").value) < 1e-6)
    #expect(try run.estimate("combine.control.flip").value < alone / 4)
    #expect(try run.text("combine.control.no_op") == "0")
  }

  @Test(
    "Categories are found where the head copies them, are one behind the block that joins them, and the logits jump there."
  )
  func places() throws {
    let run = try run(.or)
    #expect(try run.text("geometry.readable.layer") == "1")
    let merged = try run.text("geometry.merged.layer")
    // Two of the three are joined in block 1, and the third in block 2.
    #expect(["2", "3"].contains(merged), "\(merged)")
    #expect(try run.estimate("geometry.across.3").value == 1)
    #expect(try run.estimate("geometry.jump.block").value == 2)
    #expect(try run.estimate("geometry.jump.explained").value > 0.99)
    // Three directions that are orthogonal but for noise, and one that outweighs them.
    #expect(try run.estimate("geometry.participation.1").value > 2.5)
    #expect(try run.estimate("geometry.participation.3").value < 1.1)
    #expect(try run.estimate("geometry.shuffled.1").value < 2)
  }

  @Test("Where one head carries all, it is found, and refusals stop without it; what lowers compliance is found too.")
  func rivals() throws {
    let run = try run(.or)
    #expect(try run.text("rivals.head.name") == "head 0.0")
    #expect(abs(try run.estimate("rivals.head.gap_kept").value) < 0.1)
    #expect(abs(try run.estimate("rivals.suppression").value - 0.5) < 0.01)
    #expect(["head 0.0", "mlp 2"].contains(try run.text("rivals.suppressor.name")))
    #expect(try run.estimate("rivals.base.refusal_rate").value == 1)
    #expect(abs(try run.estimate("rivals.control.gap_kept").value - 1) < 0.05)
  }
}
