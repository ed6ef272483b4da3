import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Synchronization
import Tensor
import Testing
import Transformer

/// `{plant}`: a direction whose addition behind the last block is known to cause, or not to touch, refusal.
private enum PlantCell: CellKind {
  struct Settings: CellSettings {
    var token = "Sorry"
    static let keys: [SettingKey<Settings>] = [.optional("token", \.token, "The token whose logit it raises.")]
  }

  static let name = "plant"
  static let version = 1
  static let summary = "Gives the direction of the residual stream along which a token's logit grows fastest."

  static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    let subject = try context.subject
    let token = subject.tokenizer.encode(settings.token)[0]
    var slopes = [Float](repeating: 0, count: subject.model.configuration.vocabularySize)
    slopes[token] = 1
    let hook = HookPoint(.residPre, layer: 9)
    let prompt = try context.prompts()[0].tokens
    let gradient = try subject.model.gradients(
      of: [GradientSeed(logits: slopes)], over: [prompt], at: [HookPattern(hook)], positions: .last)
    let raw = try gradient.tensor(hook, sequence: 0).values
    let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
    var results = Results()
    results.directions["r"] = Direction(
      hook: "9.resid_pre", position: "last", method: "planted", model: subject.digest, data: Digest(of: "planted"),
      unit: raw.map { $0 / length }, norm: 12)
    return results
  }
}

@Suite("Steering")
struct SteerCellTests {
  private static let shelf = Shelf(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())
  private static let kept = Mutex<[Digest: Results]>([:])
  private static let store = ResultStore(
    load: { key in kept.withLock { $0[key] } }, save: { results, key in kept.withLock { $0[key] = results } })

  private func experiment(_ cell: String) throws -> Experiment {
    try Experiment(
      name: "x",
      source: """
        ---
        model: aligned-small
        data: { file: requests, where: { part: test, harmful: 0 }, sample: 12 }
        ---

        ```{plant}
        label: d
        ```

        ```{steer}
        label: s
        direction: d.r
        refusal_tokens: [Sorry, I, "No", Unfortunately]
        refusal_phrases: ["Sorry, I will not", "I cannot", "I have to decline", "I must refuse"]
        resamples: 50
        \(cell)
        ```

        """, file: "x.md", overrides: [:], registry: Registry(bundledCells + [PlantCell.self]))
  }

  private func steer(_ settings: String) throws -> Results {
    let outcome = try Runner(shelf: Self.shelf, store: Self.store).run(
      try experiment("max_new_tokens: 6\ncontrols: 3\n" + settings))
    #expect(outcome.failures.isEmpty, "\(outcome.failures)")
    return try #require(outcome.record.cell("s")).results
  }

  private func problems(_ settings: String) throws -> String {
    do {
      try Runner(shelf: Self.shelf, store: Self.store).check(try experiment(settings))
      return ""
    } catch let problems as Problems {
      return problems.description
    }
  }

  private func numbers(_ value: Value?) -> [Double] {
    guard case .list(let values)? = value else { return [] }
    return values.compactMap { $0["value"]?.plainNumber ?? $0.plainNumber }
  }

  @Test("A direction that raises a refusal's first token refuses more with each dose, and its flip refuses less.")
  func planted() throws {
    let results = try steer(
      "at: 9\nlayers: [7, 9]\ndoses: [-2, -1, 0, 1, 2, 4]\nside_effects: { part: test }")
    let scores = numbers(results.values["score"])
    #expect(scores.count == 6)
    for (a, b) in zip(scores, scores.dropFirst()) { #expect(a < b) }
    let slope = try #require(results.values["slope"]?["value"]?.plainNumber)
    let random = try #require(results.values["control"]?["slope"]?["value"]?.plainNumber)
    #expect(slope > 0 && abs(random) < slope / 2, "\(slope), \(random)")
    #expect(results.values["steepest"]?["layer"] == .integer(9) || results.values["steepest"]?["layer"] == .integer(7))
    let divergence = numbers(results.values["side_effects"]?["divergence"])
    #expect(divergence[2] == 0 && divergence[5] > divergence[3] && divergence[3] > 0)
    let gallery = try #require(results.galleries.first)
    #expect(gallery.entries[0].responses.map(\.arm).first == "dose -2" && gallery.entries[0].responses.count == 6)
  }

  @Test("The curve of one onset is that layer's column of the map; from there on is another thing.")
  func onset() throws {
    let single = try steer("at: 8\nlayers: [8]\ndoses: [0, 1, 2]")
    let onward = try steer("at: 8\nlayers: [8]\ndoses: [0, 1, 2]\nspan: onward")
    guard case .heatmap(let map)? = single.figures.first(where: { $0.name == "onset" })?.content else {
      Issue.record("no map")
      return
    }
    #expect(map.cells.map { $0[0]?.value } == numbers(single.values["score"]).map { $0 })
    #expect(numbers(single.values["score"])[0] == numbers(onward.values["score"])[0])
    #expect(numbers(single.values["score"])[2] != numbers(onward.values["score"])[2])
  }

  @Test("Doses that make no curve, layers that are not there, and missing controls are told before anything runs.")
  func mistakes() throws {
    let cases = [
      ("at: 12", "layer 12 does not exist"), ("at: 3\ndoses: [1, 2, 3]", "“doses” makes no curve"),
      ("at: 3\ndoses: [0, 1]", "“doses” makes no curve"), ("at: 3\ncontrols: 0", "says little"),
      ("at: 3\nextent: response", "before the response begins"), ("at: 3\nlayers: [11]", "layer 11 does not exist"),
    ]
    for (settings, text) in cases {
      let message = try problems(settings)
      #expect(message.contains(text), "\(settings): \(message)")
    }
  }
}

extension Value {
  fileprivate var plainNumber: Double? { if case .number(let number) = self { number } else { nil } }
}
