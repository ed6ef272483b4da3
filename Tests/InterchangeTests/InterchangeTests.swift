import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Synchronization
import Tensor
import Testing

/// On the embedded model, with truths that hold for any.
@Suite("Interchange")
struct InterchangeTests {
  private static let shelf = Shelf(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())
  private static let kept = Mutex<[Digest: Results]>([:])
  private static let store = ResultStore(
    load: { key in kept.withLock { $0[key] } }, save: { results, key in kept.withLock { $0[key] = results } })

  private func experiment(_ cell: String, data: String) throws -> Experiment {
    try Experiment(
      name: "x",
      source: """
        ---
        model: aligned-small
        data: \(data)
        ---

        ```{interchange}
        label: i
        target: harmful
        refusal_tokens: [Sorry, I, "No", Unfortunately]
        refusal_phrases: ["Sorry, I will not", "I cannot", "I have to decline", "I must refuse"]
        names: object
        max_new_tokens: 12
        resamples: 50
        \(cell)
        ```

        """, file: "x.md", overrides: [:], registry: Registry(bundledCells))
  }

  private static let pairs = "{ file: pairs, where: { contrast: object }, sample: 24, group: pair }"

  private func interchange(_ settings: String) throws -> Results {
    let outcome = try Runner(shelf: Self.shelf, store: Self.store).run(
      try experiment("permutations: 200\n" + settings, data: Self.pairs))
    #expect(outcome.failures.isEmpty, "\(outcome.failures)")
    return try #require(outcome.record.cell("i")).results
  }

  private func problems(_ settings: String, data: String = pairs) throws -> String {
    do {
      try Runner(shelf: Self.shelf, store: Self.store).check(try experiment(settings, data: data))
      return ""
    } catch let problems as Problems {
      return problems.description
    }
  }

  private func share(_ value: Value?) -> Double? { value?["value"]?.plainNumber }

  @Test("The whole stream of the last token, behind the last block, decides alone; other places then decide nothing.")
  func end() throws {
    let results = try interchange("site: resid_post\nlayers: [9]\nat: 9")
    #expect(abs((share(results.values["score"]?["harm"]) ?? 0) - 1) < 1e-9)
    #expect(abs(share(results.values["score"]?["task"]) ?? 1) < 1e-9)
    // All of the gap, whichever pairs are drawn.
    guard case .estimate(let harm)? = results.values["score"]?["harm"] else {
      Issue.record("no share")
      return
    }
    #expect(abs((harm.low ?? 0) - 1) < 1e-9 && abs((harm.high ?? 0) - 1) < 1e-9)
    #expect(abs(share(results.values["score"]?["interaction"]) ?? 1) < 1e-6)
    #expect(share(results.values["control"]?["wrong_position"]) == 0)
    #expect((results.values["score"]?["p_harm"]?.plainNumber ?? 1) < 0.05)
    let table = try #require(results.tables.first { $0.name == "square" })
    #expect(table.rows.count == 4 && table.columns.count == 4)
    // The first token is then the other prompt's, so that the refusals change places.
    #expect(share(results.values["refuses"]?["harmful_harm"]) == share(results.values["refuses"]?["both_harmful"]))
  }

  @Test("Before the first block the last token's state is the same in both prompts, and decides nothing.")
  func beginning() throws {
    let results = try interchange("site: resid_pre\nlayers: [0]\nat: 0")
    #expect(share(results.values["score"]?["harm"]) == 0)
    #expect(abs((share(results.values["score"]?["task"]) ?? 0) - 1) < 1e-9)
    #expect(results.values["score"]?["p_harm"]?.plainNumber == 1)
    // The object's token is nearly all in which the prompts differ.
    let object = try interchange("site: resid_pre\nlayers: [0]\nat: 0\npositions: [object]")
    #expect(abs((share(object.values["score"]?["harm"]) ?? 0) - 1) < 0.02)
    #expect((share(object.values["naming"]?["harm"]) ?? 0) > 0.9)
  }

  @Test("The two shares add up to one at every layer.")
  func shares() throws {
    let results = try interchange("layers: 4-8\nat: 6")
    guard case .list(let harm)? = results.values["layers"]?["harm"],
      case .list(let task)? = results.values["layers"]?["task"]
    else {
      Issue.record("no shares by layer")
      return
    }
    #expect(harm.count == 5)
    for (a, b) in zip(harm, task) { #expect(abs((share(a) ?? 0) + (share(b) ?? 0) - 1) < 1e-9) }
    #expect(harm[2] == results.values["score"]?["harm"])
  }

  @Test("One dimension learnt on other pairs carries most of what the whole state does, and random ones nothing.")
  func learnt() throws {
    let settings = "at: 9\nsite: resid_post\ntrain: { contrast: purpose }\nrows: { contrast: object }\ncontrols: 4"
    let outcome = try Runner(shelf: Self.shelf, store: Self.store).run(
      try experiment(
        "permutations: 200\nsteps: 10\n" + settings,
        data: "{ file: pairs, where: { contrast: [object, purpose] }, sample: 120, group: pair }"))
    #expect(outcome.failures.isEmpty, "\(outcome.failures)")
    let results = try #require(outcome.record.cell("i")).results
    let harm = try #require(share(results.values["score"]?["harm"]))
    let random = try #require(results.values["control"]?["largest_random_span"]?.plainNumber)
    #expect(harm > 0.5 && random < 0.2, "\(harm), \(random)")
    // A size, whatever the sign of the span's share.
    #expect(random >= abs(results.values["control"]?["random_span"]?.plainNumber ?? .infinity))
    let direction = try #require(results.directions["learnt_0"])
    #expect(abs(direction.unit.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5 && direction.method.contains("alignment"))
    #expect(try problems(settings + "\nlayers: [3]").contains("learnt at “at” alone"))
    #expect(try problems("at: 3\ntrain: { contrast: object }").contains("both “train” and “rows”"))
  }

  @Test("What cannot be run is told before anything is.")
  func mistakes() throws {
    let cases = [
      ("at: 10", "layer 10 does not exist"), ("at: 3\nsite: pattern", "no vector of each position"),
      ("at: 3\nsite: ln_final.normalized", "no vector of each position"),
      ("at: 3\npermutations: 0", "“permutations” is 0"), ("at: 3\nrows: { contrast: none }", "no row"),
      ("", "at"),
    ]
    for (settings, text) in cases {
      let message = try problems(settings)
      #expect(message.contains(text), "\(settings): \(message)")
    }
    #expect(
      try problems("at: 3", data: "{ file: requests }").contains("expected: at least 8"))
  }

  private func knockout(_ settings: String, span: String = "task", before: String = "") throws -> Results {
    let experiment = try Experiment(
      name: "x",
      source: """
        ---
        model: aligned-small
        data: \(Self.pairs)
        ---

        \(before)

        ```{knockout}
        label: k
        target: harmful
        span: \(span)
        refusal_tokens: [Sorry, I, "No", Unfortunately]
        resamples: 50
        \(settings)
        ```

        """, file: "x.md", overrides: [:], registry: Registry(bundledCells))
    let outcome = try Runner(shelf: Self.shelf, store: Self.store).run(experiment)
    #expect(outcome.failures.isEmpty, "\(outcome.failures)")
    return try #require(outcome.record.cell("k")).results
  }

  private func shares(_ value: Value?) -> [Double] {
    guard case .list(let values)? = value else { return [] }
    return values.compactMap(share)
  }

  @Test("Where nothing behind the task sees it, nothing is left of what it makes; where nothing is cut, all is.")
  func edges() throws {
    let results = try knockout("readers: behind\nlayers: [0, 9]")
    let (onward, until) = (shares(results.values["onward"]), shares(results.values["until"]))
    // Prompts of a pair differ in the task alone, so that without it they are the same.
    #expect(abs(onward[0]) < 1e-9 && onward[0] == until[1])
    #expect(abs(onward[1] - 1) < 0.5 && abs(until[0] - 1) < 1.5)
    #expect(shares(results.values["control"]?["onward"]).count == 2)
    let last = try knockout("layers: [0]")
    #expect(abs(shares(last.values["onward"])[0]) > 1e-6)
  }

  @Test("Where fewer other tokens can be cut than the span has, it is said, and as few of the span are cut too.")
  func fewer() throws {
    let results = try knockout("readers: behind\nlayers: [0, 4]")
    let keys = try #require(results.values["keys"])
    let span = Int(try #require(keys["span"]?.plainNumber))
    let control = Int(try #require(keys["control"]?.plainNumber))
    #expect(keys["fewer"] == 24 && control > 0 && control < span, "\(keys)")
    let note = try #require(results.notes.first)
    #expect(note.contains("24 of 24 prompts") && note.contains("\(control) in place of \(span)"))
    let (onward, matched) = (shares(results.values["onward"]), shares(results.values["matched"]?["onward"]))
    #expect(matched.count == 2 && matched != onward)
    // What is still seen of the task still tells the prompts of a pair apart.
    #expect(abs(matched[0]) > 1e-6)
    guard case .lines(let chart)? = results.figures.first?.content else {
      Issue.record("no figure")
      return
    }
    #expect(chart.series.count == 4 && chart.series.last?.name.contains("fewer") == true)
  }

  @Test("Where there are as many other tokens, as many are cut, and the control is compared with the knockout itself.")
  func asMany() throws {
    let results = try knockout("layers: [0]", span: "object")
    let keys = try #require(results.values["keys"])
    #expect(keys["span"] == keys["control"] && keys["fewer"] == 0 && results.notes.isEmpty)
    #expect(results.values["matched"]?["onward"] == results.values["onward"])
    guard case .lines(let chart)? = results.figures.first?.content else {
      Issue.record("no figure")
      return
    }
    #expect(chart.series.count == 3 && chart.series.last?.name.contains("as many other edges") == true)
  }

  @Test("Edges behind the place that is measured leave all of the gap, whichever prompts are drawn.")
  func untouched() throws {
    let direction = """
      ```{direction}
      label: d
      data: requests
      target: harmful
      train: { part: train }
      validation: { part: validation }
      positions: [last]
      train_per_class: 16
      validation_per_class: 8
      refusal_tokens: [Sorry, I, "No", Unfortunately]
      ```
      """
    let results = try knockout("along: d.best\nlayers: [9]", before: direction)
    guard case .list(let onward)? = results.values["onward"], case .estimate(let left)? = onward.first else {
      Issue.record("no share")
      return
    }
    #expect(left.value == 1 && left.low == 1 && left.high == 1)
  }
}

extension Value {
  fileprivate var plainNumber: Double? { if case .number(let number) = self { number } else { nil } }
}
