import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Testing

@Suite("The single direction")
struct DirectionCellTests {
  private static let shelf = Shelf(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  private func run(_ settings: String) throws -> Runner.Outcome {
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
        \(settings)
        ```

        """, file: "x.md", overrides: [:], registry: Registry(bundledCells))
    return try Runner(shelf: Self.shelf, store: .none).run(experiment)
  }

  private func value(_ path: String, in outcome: Runner.Outcome) throws -> Double {
    let parts = path.split(separator: ".").map { Path.Step.name(String($0)) }
    return try #require(outcome.record.value(Path("d", parts))?.estimate?.value)
  }

  @Test(
    "The candidate that is chosen spares harmless prompts, induces refusal and is not too deep; others are told why.")
  func chosen() throws {
    let outcome = try run("")
    #expect(outcome.failures.isEmpty)
    #expect(try value("kept", in: outcome) >= 1)
    #expect(try value("best.induced_score", in: outcome) >= 0)
    #expect(try value("best.divergence", in: outcome) <= 0.1 && value("best.layer", in: outcome) < 8)
    #expect(try value("best.ablated_score", in: outcome) < value("base.harmful_score", in: outcome))
    // One position of ten layers, each with its reason or without one.
    let rows = try #require(outcome.record.cell("d")?.results.tables.first?.rows)
    #expect(rows.count == 10)
    #expect(rows.count { $0.last?.plain == "" } == Int(try value("kept", in: outcome)))
  }

  @Test(
    "Where the rule keeps none the cell fails and counts why; with a fallback it gives the best, and says kept is 0.")
  func none() throws {
    let strict = "divergence: 0"
    let failure = try #require(try run(strict).failures.first)
    #expect(failure.message.contains("× changes harmless prompts") && failure.message.contains("fallback: true"))
    let outcome = try run("\(strict)\nfallback: true")
    #expect(outcome.failures.isEmpty)
    #expect(try value("kept", in: outcome) == 0 && value("best.layer", in: outcome) < 8)
    #expect(outcome.record.cell("d")?.results.directions["best"] != nil)
  }
}
