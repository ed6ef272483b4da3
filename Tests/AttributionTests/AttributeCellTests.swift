import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Statistics
import Testing

/// On the embedded model, with truths that hold for any.
@Suite("Attribution")
struct AttributeCellTests {
  private static let shelf = Shelf(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  private func results() throws -> (parts: Results, lens: Results) {
    let experiment = try Experiment(
      name: "x",
      source: """
        ---
        model: aligned-small
        data: { file: requests, where: { part: test }, sample: 40 }
        ---

        ```{attribute}
        label: parts
        target: harmful
        tokens: [Sorry, Sure]
        resamples: 50
        ```

        ```{lens}
        label: lens
        target: harmful
        tokens: [Sorry, Sure]
        resamples: 50
        ```

        """, file: "x.md", overrides: [:], registry: Registry(bundledCells))
    let outcome = try Runner(shelf: Self.shelf, store: .none).run(experiment)
    #expect(outcome.failures.isEmpty, "\(outcome.failures)")
    return (
      try #require(outcome.record.cell("parts")).results, try #require(outcome.record.cell("lens")).results
    )
  }

  private func estimate(_ value: Value?) -> Double? { value?["value"].flatMap(Self.number) }

  private static func number(_ value: Value) -> Double? {
    if case .number(let number) = value { number } else { nil }
  }

  @Test(
    "Components add up to the model's own difference, heads to their layer's attention, and the last sum is the whole.")
  func sums() throws {
    let (parts, lens) = try results()
    let total = try #require(estimate(parts.values["total"]))
    #expect(abs(total - (estimate(lens.values["final"]) ?? 0)) < 1e-3 * abs(total))
    #expect(abs((parts.values["sum"].flatMap(Self.number) ?? 0) - total) < 1e-3 * abs(total))
    guard case .group(let components)? = parts.values["components"],
      case .list(let layers)? = parts.values["heads"]?["gap"], case .list(let running)? = parts.values["accumulated"]
    else {
      Issue.record("no parts")
      return
    }
    #expect(components.count == 21 && layers.count == 10)
    for (layer, heads) in layers.enumerated() {
      guard case .list(let heads) = heads else { continue }
      let sum = heads.compactMap(estimate).reduce(0, +)
      #expect(heads.count == 5)
      #expect(abs(sum - (estimate(components["attn_out_\(layer)"]) ?? .nan)) < 1e-3 * max(1, abs(sum)))
    }
    #expect(abs((running.last.flatMap(estimate) ?? 0) - total) < 1e-3 * abs(total))
    let error = try #require(parts.values["largest_error"].flatMap(Self.number))
    #expect(error >= 0 && error < 1e-5)
  }

  @Test("The lens says which token is likeliest at each place; at the end it is the model's own.")
  func tokens() throws {
    let table = try #require(try results().lens.tables.first { $0.name == "tokens" })
    #expect(table.rows.count == 21)
    #expect(table.rows[20][0] == .text("9.resid_post"))
    #expect(table.rows[20][1] != table.rows[20][3])
  }

  private func tuned(_ settings: String) throws -> Results {
    let experiment = try Experiment(
      name: "x",
      source: """
        ---
        model: aligned-small
        data: { file: requests, where: { part: [train, test] }, sample: 400 }
        ---

        ```{lens}
        label: lens
        target: harmful
        tokens: [Sorry, Sure]
        rows: { part: test }
        resamples: 50
        \(settings)
        ```

        """, file: "x.md", overrides: [:], registry: Registry(bundledCells))
    try Runner(shelf: Self.shelf, store: .none).check(experiment)
    let outcome = try Runner(shelf: Self.shelf, store: .none).run(experiment)
    #expect(outcome.failures.isEmpty, "\(outcome.failures)")
    return try #require(outcome.record.cell("lens")).results
  }

  @Test(
    "A tuned lens comes closer to what the model says than the logit lens does, on rows that it was not trained on.")
  func tunedLens() throws {
    let results = try tuned("train: { part: train }\ntrained_on: 300\nsteps: 8")
    guard case .list(let tuned)? = results.values["tuned"]?["divergence"]?["tuned"],
      case .list(let logit)? = results.values["tuned"]?["divergence"]?["logit"]
    else {
      Issue.record("no divergences")
      return
    }
    let pairs = zip(tuned, logit).map { (tuned: estimate($0) ?? .nan, logit: estimate($1) ?? .nan) }
    #expect(pairs.count == 10)
    for (layer, pair) in pairs.enumerated() {
      // Where there is nothing to learn from so few rows it is the logit lens, or nearly that.
      #expect(pair.tuned < 1.1 * pair.logit, "layer \(layer): \(pair)")
    }
    #expect(pairs.reduce(0) { $0 + $1.tuned } < pairs.reduce(0) { $0 + $1.logit } / 2, "\(pairs)")
    #expect(results.figures.map(\.name) == ["", "tuned", "tuned-gap"])
    #expect(try self.tuned("train: { part: train }\ntrained_on: 300\nsteps: 8") == results, "the same bits again")
  }

  @Test("A lens is not tuned on what it is used on, nor in no steps.")
  func tunedMistakes() throws {
    for (settings, text) in [
      ("train: { part: test }", "accepted by both “rows” and “train”"),
      ("train: { part: train }\nsteps: -1", "“steps” is -1"),
      ("train: { part: nowhere }", "no row of the data"),
      ("train: { part: train }\ntrained_on: 3", "expected: 16 to 1000000"),
    ] {
      let problems = try #require(throws: Problems.self) { _ = try tuned(settings) }
      #expect(problems.description.contains(text), "\(problems)")
    }
  }
}
