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
}
