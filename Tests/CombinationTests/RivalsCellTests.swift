import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Statistics
import Testing

@Suite("Rival explanations")
struct RivalsCellTests {
  private static let shelf = Shelf(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  private func rivals() throws -> Results {
    let experiment = try Experiment(
      name: "x",
      source: """
        ---
        model: aligned-small
        data: requests
        ---

        ```{rivals}
        label: r
        target: harmful
        train: { part: train }
        test: { part: test }
        tokens: [Sorry, Sure]
        refusal_tokens: [Sorry, I, "No", Unfortunately]
        refusal_phrases: ["Sorry, I will not", "I cannot", "I have to decline", "I must refuse"]
        prompts: 10
        controls: 3
        max_new_tokens: 6
        resamples: 200
        ```

        """, file: "x.md", overrides: [:], registry: Registry(bundledCells))
    let outcome = try Runner(shelf: Self.shelf, store: .none).run(experiment)
    #expect(outcome.failures.isEmpty, "\(outcome.failures)")
    return try #require(outcome.record.cell("r")).results
  }

  private func estimate(_ results: Results, _ path: String...) throws -> Estimate {
    guard case .estimate(let estimate)? = results[path] else { throw Missing(path: path) }
    return estimate
  }

  private struct Missing: Error { let path: [String] }

  @Test("Other heads are tried on the same harmful prompts: their rate is as sure as that many prompts make it.")
  func controls() throws {
    let results = try rivals()
    let control = try estimate(results, "control", "refusal_rate")
    #expect(control.n == 10 && results[["control", "arms"]] == 3 && results[["n"]] == 10)
    let width = try #require(control.high) - (try #require(control.low))
    let surest = try Proportion(successes: 0, trials: 10).wilson
    #expect(width >= (try #require(surest.high)) - 1e-12)
    // The unchanged model keeps all of the gap in every resample, and the gap is refusal's rise and compliance's fall.
    let kept = try estimate(results, "base", "gap_kept")
    #expect(kept.value == 1 && kept.low == 1 && kept.high == 1)
    let (gap, fall) = (try estimate(results, "gap"), try estimate(results, "fall"))
    #expect(abs(try estimate(results, "suppression").value - fall.value / gap.value) < 1e-9)
  }
}
