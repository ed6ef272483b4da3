import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Statistics
import Testing

@Suite("Ablation")
struct AblationCellTests {
  private static let shelf = Shelf(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  private static let outcome = Result { () throws -> Runner.Outcome in
    let experiment = try Experiment(
      name: "x",
      source: """
        ---
        model: aligned-small
        data: requests
        ---

        ```{direction}
        label: d
        target: harmful
        train: { part: train }
        validation: { part: validation }
        positions: [last]
        train_per_class: 16
        validation_per_class: 8
        refusal_tokens: [Sorry, I, "No", Unfortunately]
        ```

        ```{ablation}
        label: a
        data: { file: requests, where: { part: test }, sample: 12 }
        operation: ablate
        direction: d.best
        refusal_tokens: [Sorry, I, "No", Unfortunately]
        refusal_phrases: ["Sorry, I will not", "I cannot", "I have to decline", "I must refuse"]
        controls: 5
        max_new_tokens: 6
        resamples: 200
        ```

        """, file: "x.md", overrides: [:], registry: Registry(bundledCells))
    return try Runner(shelf: shelf, store: .none).run(experiment)
  }

  @Test("Random directions are tried on the same prompts, and their rate is as sure as that many prompts make it.")
  func controls() throws {
    let outcome = try Self.outcome.get()
    #expect(outcome.failures.isEmpty, "\(outcome.failures)")
    let results = try #require(outcome.record.cell("a")).results
    guard case .estimate(let control)? = results[["control", "refusal_rate"]],
      case .bars(let chart)? = results.figures.first?.content
    else {
      Issue.record("no controls")
      return
    }
    #expect(control.n == 12 && results[["control", "arms"]] == 5)
    #expect(chart.groups[0].bars.last?.value == control)
    // The mean of five arms that were asked alike, whose table rows follow the two of the cell.
    let rates = results.tables[0].rows.dropFirst(2).compactMap { row -> Double? in
      if case .estimate(let rate) = row[1] { rate.value } else { nil }
    }
    #expect(rates.count == 5 && abs(rates.reduce(0, +) / 5 - control.value) < 1e-12)
    // No surer than a single arm of twelve prompts.
    let width = try #require(control.high) - (try #require(control.low))
    let surest = try Proportion(successes: control.value < 0.5 ? 0 : 12, trials: 12).wilson
    #expect(width >= (try #require(surest.high)) - (try #require(surest.low)) - 1e-12)
  }
}
