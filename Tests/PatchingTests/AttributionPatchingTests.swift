import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Statistics
import Synchronization
import Tensor
import Testing
import Transformer

/// `{plant}`: some direction at a hook.
private enum PlantCell: CellKind {
  struct Settings: CellSettings {
    static let keys: [SettingKey<Settings>] = []
  }

  static let name = "plant"
  static let version = 1
  static let summary = "Gives some direction."

  static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    let subject = try context.subject
    let width = subject.model.configuration.width
    let stream = RandomStream(seed: 3, purpose: "plant")
    var results = Results()
    results.directions["r"] = Direction(
      hook: "6.resid_mid", position: "last", method: "planted", model: subject.digest, data: Digest(of: "planted"),
      unit: (0..<width).map { Float(stream.uniform(at: UInt64($0)) - 0.5) }, norm: 1)
    return results
  }
}

/// Truths that hold for any model, on the embedded one.
@Suite("Attribution patching")
struct AttributionPatchingTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let shelf = Shelf(root: root)
  private static let kept = Mutex<[Digest: Results]>([:])
  private static let store = ResultStore(
    load: { key in kept.withLock { $0[key] } }, save: { results, key in kept.withLock { $0[key] = results } })
  private static let aligned = "{ file: pairs, where: { contrast: object }, sample: 24, group: pair }"

  private func experiment(_ cell: String, data: String) throws -> Experiment {
    try Experiment(
      name: "x",
      source: """
        ---
        model: aligned-small
        data: \(data)
        ---

        ```{plant}
        label: plant
        ```

        ```{patch}
        label: p
        target: harmful
        refusal_tokens: [Sorry, I, "No", Unfortunately]
        answers: [Sorry, Sure]
        along: plant.r
        resamples: 50
        \(cell)
        ```

        """, file: "x.md", overrides: [:], registry: Registry(bundledCells + [PlantCell.self]))
  }

  private func patch(_ settings: String, data: String = aligned) throws -> Results {
    let outcome = try Runner(shelf: Self.shelf, store: Self.store).run(try experiment(settings, data: data))
    #expect(outcome.failures.isEmpty, "\(outcome.failures)")
    return try #require(outcome.record.cell("p")).results
  }

  private func problems(_ settings: String, data: String = aligned) throws -> String {
    do {
      try Runner(shelf: Self.shelf, store: Self.store).check(try experiment(settings, data: data))
      return ""
    } catch let problems as Problems {
      return problems.description
    }
  }

  /// A file of eight pairs whose harmful prompts are longer.
  private static func unevenPairs() throws -> String {
    let lines = try String(contentsOf: root.appending(path: "experiments/data/pairs.jsonl"), encoding: .utf8)
      .split(separator: "\n").prefix(16)
    let rows = try lines.map { line in
      var row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      row["spans"] = nil
      if row["harmful"] as? Int == 1 { row["text"] = "Please, a question. \(row["text"] ?? "")" }
      return try JSONSerialization.data(withJSONObject: row)
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "uneven-\(UUID().uuidString).jsonl")
    try Data(rows.joined(separator: Data("\n".utf8))).write(to: file)
    return file.path
  }

  /// The effects at the last token, by layer, and within a layer by part.
  private func effects(_ results: Results) throws -> [[Double]] {
    guard case .list(let layers)? = results.values["effect"]?["last"] else { return [] }
    return layers.map { layer in
      if case .list(let parts) = layer {
        parts.compactMap { $0["value"]?.plainNumber }
      } else {
        layer["value"]?.plainNumber.map { [$0] } ?? []
      }
    }
  }

  @Test("Where the way to the metric is linear the estimate is the effect.")
  func linear() throws {
    for direction in ["denoising", "noising"] {
      let settings = "site: z\nheads: all\nlayers: 6\nmetric: 3 * projection - 1\ndirection: \(direction)\n"
      let exact = try effects(try patch(settings))
      let results = try patch(settings + "method: attribution")
      let estimated = try effects(results)
      #expect(exact[0].count == 5 && exact[0].contains { abs($0) > 1e-3 })
      for (a, b) in zip(exact[0], estimated[0]) { #expect(abs(a - b) < 1e-4 * max(1, abs(a)), "\(a), \(b)") }
      let facts = try #require(results.values["attribution"])
      #expect(facts["checked"] == .integer(5))
      #expect((facts["correlation"]?["value"]?.plainNumber ?? 0) > 0.9999)
      #expect((facts["rank_correlation"]?.plainNumber ?? 0) > 0.99)
      #expect((facts["largest_error"]?.plainNumber ?? 1) < 1e-4)
    }
  }

  @Test("Estimates of heads add up to that of all of them, and to that of what attention gives.")
  func additive() throws {
    let heads = try effects(try patch("site: z\nheads: all\nlayers: [4, 7]\nmethod: attribution"))
    let together = try effects(try patch("site: z\nlayers: [4, 7]\nmethod: attribution"))
    let output = try effects(try patch("site: attn_out\nlayers: [4, 7]\nmethod: attribution"))
    for layer in 0..<2 {
      let sum = heads[layer].reduce(0, +)
      #expect(abs(sum - together[layer][0]) < 1e-4 && abs(sum - output[layer][0]) < 1e-4)
    }
    let neurons = try patch("site: mlp_post\nneurons: [3, 7]\nlayers: 5\nmethod: attribution")
    #expect(try effects(neurons).map(\.count) == [2])
  }

  @Test("The sampled places have the effects of an exact cell, and the table says both.")
  func sample() throws {
    let settings = "site: attn_out\npositions: [object, last]\nmetric: logit_difference\n"
    let exact = try patch(settings)
    let estimated = try patch(settings + "method: attribution\nchecked: 12")
    let table = try #require(estimated.tables.first { $0.name == "check" })
    #expect(table.rows.count == 12 && table.columns.map(\.title) == ["position", "layer", "estimated", "exact"])
    var (a, b): ([Double], [Double]) = ([], [])
    for row in table.rows {
      let (position, layer) = (row[0].plain, try #require(row[1].plainNumber))
      func effect(_ results: Results) -> Value? {
        guard case .list(let layers)? = results.values["effect"]?[position] else { return nil }
        return layers[Int(layer)]
      }
      #expect(row[3] == effect(exact))
      #expect(row[2] == effect(estimated))
      a.append(try #require(row[2]["value"]?.plainNumber))
      b.append(try #require(row[3]["value"]?.plainNumber))
    }
    let r = try #require(try Correlation.pearson(a, b))
    #expect(estimated.values["attribution"]?["correlation"]?["value"]?.plainNumber == r)
  }

  @Test("Patterns and scores are estimated too, and hidden keys do not count.")
  func pairwise() throws {
    for site in ["pattern", "attn_scores"] {
      let results = try patch("site: \(site)\nheads: [0, 1]\nlayers: 6\nmethod: attribution")
      let effects = try effects(results)
      #expect(effects[0].count == 2 && effects[0].allSatisfy(\.isFinite))
    }
  }

  @Test("Positions found by name serve prompts of different lengths, and change nothing where lengths are equal.")
  func byName() throws {
    let settings = "site: resid_post\nlayers: [6, 9]\npositions: [last]\nmetric: logit_difference\n"
    let plain = try patch(settings)
    #expect(try patch(settings + "unaligned: by_name").values == plain.values)

    let uneven = try Self.unevenPairs()
    defer { try? FileManager.default.removeItem(atPath: uneven) }
    #expect(try problems(settings, data: uneven).contains("8 of 8 pairs"))
    let results = try patch(settings + "unaligned: by_name", data: uneven)
    #expect(results.values["pairs"] == .integer(8) && results.values["unaligned"] == .integer(0))
    // The whole stream of the last token, put in at the end, decides alone.
    #expect(abs(try effects(results)[1][0] - 1) < 1e-9)
    let estimated = try patch(settings + "unaligned: by_name\nmethod: attribution", data: uneven)
    #expect(try effects(estimated).joined().allSatisfy(\.isFinite))
  }

  @Test("What cannot be estimated, or mapped by name, is told before anything runs.")
  func mistakes() throws {
    let cases = [
      ("method: attribution\nmetric: kl", "“kl” is flat where the run is unchanged"),
      ("method: attribution\nspan: cumulative", "layers that are patched together do not add up"),
      ("method: attribution\nsite: z\nreceiver: 6.q", "a path cannot be estimated"),
      ("method: gradient", "attribution"),
      ("method: attribution\nchecked: 3", "fewer than eight places"),
      ("site: pattern\nunaligned: by_name", "relates all positions to each other"),
      ("site: z\nreceiver: 6.q\nunaligned: by_name", "a path relates all positions"),
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
