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

/// On the embedded model, whose answers for these truths need not be known: they hold for any model.
@Suite("Patching")
struct PatchCellTests {
  private static let shelf = Shelf(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  /// Results in memory, so that the prompts are read once.
  private static let kept = Mutex<[Digest: Results]>([:])
  private static let store = ResultStore(
    load: { key in kept.withLock { $0[key] } }, save: { results, key in kept.withLock { $0[key] = results } })

  private func experiment(_ cell: String) throws -> Experiment {
    try Experiment(
      name: "x",
      source: """
        ---
        model: aligned-small
        data: { file: pairs, where: { contrast: object }, sample: 24, group: pair }
        ---

        ```{patch}
        label: p
        target: harmful
        refusal_tokens: [Sorry, I, "No", Unfortunately]
        answers: [Sorry, Sure]
        resamples: 50
        \(cell)
        ```

        """, file: "x.md", overrides: [:], registry: Registry(bundledCells))
  }

  /// The results of a cell with these settings.
  private func patch(_ settings: String) throws -> Results {
    let outcome = try Runner(shelf: Self.shelf, store: Self.store).run(try experiment(settings))
    #expect(outcome.failures.isEmpty, "\(outcome.failures)")
    return try #require(outcome.record.cell("p")).results
  }

  /// What is wrong with such settings.
  private func problems(_ settings: String) throws -> String {
    do {
      try Runner(shelf: Self.shelf, store: Self.store).check(try experiment(settings))
      return ""
    } catch let problems as Problems {
      return problems.description
    }
  }

  /// The effects at a position, by layer, and within a layer by part.
  private func effects(_ results: Results, at position: String = "last") throws -> [[Double]] {
    guard case .list(let layers)? = results.values["effect"]?[position] else { return [] }
    return layers.map { layer in
      if case .list(let parts) = layer {
        parts.compactMap { $0["value"]?.number }
      } else {
        layer["value"]?.number.map { [$0] } ?? []
      }
    }
  }

  @Test("The whole stream of the last token, put in at the end, makes a run like the other, in both directions.")
  func whole() throws {
    for direction in ["denoising", "noising"] {
      let results = try patch("site: resid_post\nlayers: 9\ndirection: \(direction)")
      #expect(abs(try effects(results)[0][0] - 1) < 1e-9)
      #expect(results.values["strongest"]?["layer"] == 9)
      // In every pair it is all there is, so that no draw of pairs gives anything else.
      guard case .estimate(let effect)? = results.values["strongest"]?["effect"] else {
        Issue.record("no effect")
        continue
      }
      #expect(abs((effect.low ?? 0) - 1) < 1e-9 && abs((effect.high ?? 0) - 1) < 1e-9)
    }
  }

  @Test("Heads one at a time have a layer's effect each; all of them together are what attention gives.")
  func heads() throws {
    let each = try patch("site: z\nheads: all\nlayers: [5, 6]")
    let together = try effects(try patch("site: z\nlayers: [5, 6]"))
    let output = try effects(try patch("site: attn_out\nlayers: [5, 6]"))
    #expect(try effects(each).map(\.count) == [5, 5])
    for (a, b) in zip(together.joined(), output.joined()) { #expect(abs(a - b) < 1e-4) }
    guard case .heatmap(let map)? = each.figures.first?.content else {
      Issue.record("heads have no heat map")
      return
    }
    #expect(map.rows == ["0", "1", "2", "3", "4"] && map.columns == ["5", "6"])
    #expect(each.figures[0].caption.contains("last ⏎"))
    let some = try patch("site: z\nheads: 3\nlayers: 6")
    #expect(try effects(some)[0][0] == effects(each)[1][3])
  }

  @Test("A patch of one place is the same whatever else the cell patches, and whatever the metric's words are.")
  func same() throws {
    let wide = try patch("site: mlp_out\nmetric: logit_difference\npositions: [object, last]")
    let narrow = try patch("site: mlp_out\nmetric: logit_difference\nlayers: 4")
    #expect(try effects(wide)[4][0] == effects(narrow)[0][0])
    // The whole vocabulary is read here, and two tokens of it above.
    let formula = try patch("site: mlp_out\nmetric: 2 * logit_difference + 0 * kl\nlayers: 4")
    #expect(abs(try effects(formula)[0][0] - effects(narrow)[0][0]) < 1e-12)
    let neurons = try patch("site: mlp_post\nneurons: [7, 3]\nlayers: 4\nmetric: probability")
    #expect(try effects(neurons).map(\.count) == [2])
  }

  @Test("Layers patched together begin with the first alone, and then differ from each alone.")
  func cumulative() throws {
    let single = try effects(try patch("site: attn_out\nlayers: 4-6"))
    let together = try effects(try patch("site: attn_out\nlayers: 4-6\nspan: cumulative"))
    #expect(single[0] == together[0])
    #expect(single[1] != together[1] && single[2] != together[2])
  }

  @Test("What a last layer adds has one path to the end; what another position adds has none that is straight.")
  func paths() throws {
    let plain = try effects(try patch("site: mlp_out\nlayers: 9"))
    let path = try effects(try patch("site: mlp_out\nlayers: 9\nreceiver: 9.resid_post"))
    #expect(abs(plain[0][0] - path[0][0]) < 1e-9 && plain[0][0] != 0)
    let elsewhere = try patch(
      "site: mlp_out\nlayers: 2-4\npositions: [object]\nreceiver: ln_final.normalized")
    #expect(try effects(elsewhere, at: "object") == [[0], [0], [0]])
    // A head reaches the queries of a later layer at its own position, and not those of its own or an earlier one.
    let queries = try patch("site: z\nheads: [0, 1]\nreceiver: 6.q\nreceiver_heads: [2]")
    guard case .list(let layers)? = queries.values["effect"]?["last"] else {
      Issue.record("no effects by layer")
      return
    }
    for layer in [6, 8] { #expect(layers[layer] == .list([.text("not reached"), .text("not reached")])) }
    #expect(try effects(queries)[3].contains { $0 != 0 })
  }

  @Test("A sublayer that receives answers to what it is given: all that it adds is then what it adds along the path.")
  func sublayers() throws {
    // Into the last block's feed-forward layer and nowhere else, measured where only that and the stream itself end.
    let inner = try effects(try patch("site: mlp_out\nlayers: 8\nreceiver: 9.mlp_out\nmetric: logit_difference"))
    let pre = try effects(try patch("site: mlp_out\nlayers: 8\nreceiver: 9.mlp_pre\nmetric: logit_difference"))
    let linear = try effects(
      try patch("site: mlp_out\nlayers: 8\nreceiver: 9.mlp_pre_linear\nmetric: logit_difference"))
    #expect(inner[0][0] != 0 && pre[0][0] != 0 && linear[0][0] != 0)
    // The norm's output is read by both branches.
    let norm = try effects(try patch("site: mlp_out\nlayers: 8\nreceiver: 9.ln2.normalized\nmetric: logit_difference"))
    #expect(abs(norm[0][0] - inner[0][0]) < 1e-9)
  }

  @Test("What the strongest place is given does less where it does not belong.")
  func control() throws {
    let results = try patch("layers: 7-9\npositions: [object, last]")
    guard case .estimate(let strongest)? = results.values["strongest"]?["effect"],
      case .estimate(let misplaced)? = results.values["control"]?["wrong_position"]
    else {
      Issue.record("no control")
      return
    }
    #expect(abs(misplaced.value) < abs(strongest.value) / 2)
  }

  @Test("Every cell says how many places were run in full to show that reuse changes nothing, not how much was reused.")
  func reuse() throws {
    let results = try patch("positions: [object, last]")
    #expect(results.values["reuse"] == .group(["checked": .integer(8)]))
  }

  @Test("Within a memory budget a sweep keeps less of the unchanged run at a time, and finds the same.")
  func budget() throws {
    let experiment = try experiment("site: z\nlayers: [8]")
    func runner(_ memory: Int?) -> Runner { Runner(shelf: Self.shelf, store: .none, memory: memory) }
    let free = try #require(try runner(nil).plan(experiment).memory)
    let budget = free.peak - (6 << 20)
    let tight = try #require(try runner(budget).plan(experiment).memory)
    #expect(tight.peak <= budget)
    let model = try Self.shelf.subject(
      ModelSource("aligned-small", at: SourceLocation(file: "x.md", line: 1, column: 1))
    )
    .model
    let kept = [1 << 30, 1 << 20, 1].map {
      model.keptBytes(sequences: 48, longest: 35, limits: BatchLimits(keptBytes: $0))
    }
    #expect(kept[0] == 48 * kept[2] && kept[1] == 1 << 20)
    let results = try #require(try runner(budget).run(experiment).record.cell("p")).results
    #expect(try results.values == patch("site: z\nlayers: [8]").values)
    #expect(throws: Problems.self) { try runner(64 << 20).run(experiment) }
  }

  @Test("Heads, neurons, quantities, answers, receivers that are not there are told before anything runs.")
  func mistakes() throws {
    let cases = [
      ("site: resid_pre\nheads: all", "resid_pre has no heads"),
      ("site: z\nheads: [0, 5]", "head 5 does not exist at z"),
      ("site: mlp_post\nneurons: [432]", "neuron 432 does not exist at mlp_post"),
      ("site: z\nneurons: [1]", "“neurons” are for sites without heads"),
      ("metric: refusal", "unknown quantity “refusal”"),
      ("metric: projection", "“projection” needs “along”"),
      ("site: z\nreceiver: 6.queries", "there is no hook “6.queries”"),
      ("site: z\nreceiver: q", "stands for a site in every layer"),
      ("site: resid_pre\nreceiver: 6.q", "single layers of a component are patched, not resid_pre"),
      ("site: z\nlayers: 7\nreceiver: 6.q", "layer 7 lies behind the receiver 6.q"),
      ("site: z\nreceiver: 6.q\nreceiver_heads: [9]", "“receiver_heads” names heads"),
      ("site: hook_pos_embed", "has no pos_embed"),
    ]
    for (settings, text) in cases {
      let message = try problems(settings)
      #expect(message.contains(text), "\(settings): \(message)")
    }
    #expect(try problems("site: blocks.*.attn.o.hook_in\nheads: all").isEmpty)
  }
}

extension Value {
  fileprivate var number: Double? { if case .number(let number) = self { number } else { nil } }
}
