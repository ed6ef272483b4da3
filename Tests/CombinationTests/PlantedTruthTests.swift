import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Statistics
import Synchronization
import Tensor
import Testing
import Tokenizer

/// Models whose rule of combination is known, because their weights are written down.
@Suite("Planted rules of combination")
struct PlantedTruthTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let embedded = root.appending(path: "experiments/models/aligned-small")

  /// A folder with a model for each rule, and their data.
  private static let planted = Result { () throws -> Shelf in
    let folder = FileManager.default.temporaryDirectory.appending(path: "planted-\(UUID().uuidString)")
    let tokenizer = try Tokenizer.load(from: embedded)
    for rule in PlantedModel.Rule.allCases {
      try PlantedModel(rule, tokenizer: tokenizer).write(
        to: folder.appending(path: "experiments/models/\(rule.rawValue)"), tokenizerOf: embedded)
    }
    let data = folder.appending(path: "experiments/data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    try Data(PlantedModel.rows.utf8).write(to: data.appending(path: "planted.jsonl"))
    return Shelf(root: folder)
  }

  private static let kept = Mutex<[Digest: Results]>([:])
  private static let store = ResultStore(
    load: { key in kept.withLock { $0[key] } }, save: { results, key in kept.withLock { $0[key] = results } })

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

  /// The record of all cells on one model.
  ///
  /// - Parameter failing: the labels of the cells that have nothing to look at there.
  private func record(_ rule: PlantedModel.Rule, failing: [String] = []) throws -> Record {
    let experiment = try Experiment(
      name: "x", source: "---\nmodel: \(rule.rawValue)\ndata: planted\n---\n\n" + Self.cells, file: "x.md",
      overrides: [:], registry: Registry(bundledCells))
    let outcome = try Runner(shelf: try Self.planted.get(), store: Self.store).run(experiment)
    #expect(outcome.failures.map(\.label) == failing, "\(outcome.failures)")
    return outcome.record
  }

  private func estimate(_ record: Record, _ path: String) throws -> Estimate {
    guard case .estimate(let estimate)? = record.value(Self.path(path)) else { throw Missing(path: path) }
    return estimate
  }

  private func text(_ record: Record, _ path: String) throws -> String {
    try #require(record.value(Self.path(path))).plain
  }

  /// Names with dots between them; a number is a place of a list.
  private static func path(_ text: String) -> Path {
    let parts = text.split(separator: ".").map(String.init)
    return Path(parts[0], parts.dropFirst().map { part in Int(part).map(Path.Step.index) ?? .name(part) })
  }

  private struct Missing: Error { let path: String }

  @Test("A sum leaves no interaction, whatever the dose and the layer, and is told from every other rule.")
  func sum() throws {
    let record = try record(.sum)
    #expect(try estimate(record, "combine.alone").value > 0.3)
    #expect(abs(try estimate(record, "combine.interaction").value) < 1e-3)
    #expect(abs(try estimate(record, "combine.doubled").value) < 1e-3)
    #expect(try text(record, "combine.grid.significant") == "0")
    #expect(try text(record, "combine.rules.simplest") == "linear")
    #expect(try estimate(record, "combine.rules.max.gain").high ?? 0 < -1)
    #expect(abs(try estimate(record, "combine.natural.relative").value) < 0.1)
  }

  @Test("A noisy OR of features has a negative interaction, between categories and not within one, and is recognised.")
  func or() throws {
    let record = try record(.or)
    #expect(try estimate(record, "combine.interaction").high ?? 0 < -0.05)
    #expect(try estimate(record, "combine.relative").value < -0.3)
    #expect(try text(record, "combine.rules.best") == "noisy_or")
    #expect(try estimate(record, "combine.rules.margin").low ?? 0 > 0)
    #expect(abs(try estimate(record, "combine.doubled").value) < 1e-3)
    #expect(try estimate(record, "combine.distinct").high ?? 0 < -0.05)
    #expect(try estimate(record, "combine.natural.relative").high ?? 0 < -0.1)
    #expect(try text(record, "combine.grid.positive") == "0")
  }

  @Test("A maximum has a negative interaction, and is told from a noisy OR.")
  func maximum() throws {
    let record = try record(.max)
    #expect(try estimate(record, "combine.interaction").high ?? 0 < -0.05)
    #expect(try text(record, "combine.rules.best") == "max")
    #expect(try estimate(record, "combine.rules.margin").low ?? 0 > 0)
    #expect(try estimate(record, "combine.natural.relative").high ?? 0 < -0.1)
  }

  @Test("An AND has a positive interaction, in injections and in requests as they come.")
  func and() throws {
    let record = try record(.and)
    #expect(try estimate(record, "combine.interaction").low ?? 0 > 0.05)
    #expect(try estimate(record, "combine.natural.interaction").low ?? 0 > 0.05)
    #expect(try text(record, "combine.grid.negative") == "0")
  }

  @Test("In the twin whose weights read the wrong elements nothing interacts, and nothing is decided.")
  func scrambled() throws {
    // There is no gap in logits: what looks for a jump in it, or for what makes it, must not find any.
    let record = try record(.scrambled, failing: ["geometry", "rivals"])
    #expect(abs(try estimate(record, "combine.interaction").value) < 1e-3)
    #expect(try text(record, "combine.grid.significant") == "0")
    #expect(try text(record, "combine.rules.simplest") == "linear")
  }

  @Test("Controls do nothing: random directions, a first token that is read by nobody behind it, a dose of nothing.")
  func controls() throws {
    let record = try record(.or)
    let alone = try estimate(record, "combine.alone").value
    #expect(abs(try estimate(record, "combine.control.random").value) < alone / 4)
    #expect(abs(try estimate(record, "combine.control.wrong_position").value) < 1e-6)
    #expect(try estimate(record, "combine.control.flip").value < alone / 4)
    #expect(try text(record, "combine.control.no_op") == "0")
  }

  @Test(
    "Categories are found where the head copies them, are one behind the block that joins them, and the logits jump there."
  )
  func places() throws {
    let record = try record(.or)
    #expect(try text(record, "geometry.readable.layer") == "1")
    let merged = try text(record, "geometry.merged.layer")
    // Two of the three are joined in block 1, and the third in block 2.
    #expect(["2", "3"].contains(merged), "\(merged)")
    #expect(try estimate(record, "geometry.across.3").value == 1)
    #expect(try estimate(record, "geometry.jump.block").value == 2)
    #expect(try estimate(record, "geometry.jump.explained").value > 0.99)
    // Three directions that are orthogonal but for noise, and one that outweighs them.
    #expect(try estimate(record, "geometry.participation.1").value > 2.5)
    #expect(try estimate(record, "geometry.participation.3").value < 1.1)
    #expect(try estimate(record, "geometry.shuffled.1").value < 2)
  }

  @Test("Where one head carries all, it is found, and refusals stop without it; what lowers compliance is found too.")
  func rivals() throws {
    let record = try record(.or)
    #expect(try text(record, "rivals.head.name") == "head 0.0")
    #expect(abs(try estimate(record, "rivals.head.gap_kept").value) < 0.1)
    #expect(abs(try estimate(record, "rivals.suppression").value - 0.5) < 0.01)
    #expect(["head 0.0", "mlp 2"].contains(try text(record, "rivals.suppressor.name")))
    #expect(try estimate(record, "rivals.base.refusal_rate").value == 1)
    #expect(abs(try estimate(record, "rivals.control.gap_kept").value - 1) < 0.05)
  }
}
