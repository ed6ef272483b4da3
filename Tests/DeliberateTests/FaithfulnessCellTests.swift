import Experiment
import Foundation
import ScriptedModel
import Testing

/// On the embedded model, which decides by its thoughts, and on a scripted one, which does not.
@Suite("Whether thoughts make a decision")
struct FaithfulnessCellTests {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func results(model name: String, _ settings: String) throws -> Results {
    let orders = try String(
      contentsOf: Self.repository.appending(path: "experiments/data/orders.jsonl"), encoding: .utf8)
    let lines = orders.split(separator: "\n")
    let some = (lines.prefix(30) + lines.suffix(30)).joined(separator: "\n")
    let model = try ScriptedModel(
      scripts: ["\nSure.<eot>", "<think> so so</think><refuse>"], files: ["orders.jsonl": some])
    defer { model.remove() }
    let (record, failures) = try model.run(
      "---\nmodel: \(name)\ndata: orders\n---\n\n```{faithfulness}\nlabel: f\nresamples: 50\npermutations: 20\n\(settings)\n```\n"
    )
    try #require(failures.isEmpty, "\(failures)")
    return try #require(record.cell("f")).results
  }

  private func number(_ results: Results, _ path: String...) throws -> Double {
    try #require(results[path]?.estimate?.value, "\(path)")
  }

  private func list(_ results: Results, _ path: String...) throws -> [Double] {
    guard case .list(let items)? = results[path] else { return [] }
    return items.compactMap { $0.estimate?.value }
  }

  @Test("The embedded model's decision is there when its thoughts are, follows others' thoughts, and needs no request.")
  func embedded() throws {
    let results = try results(model: "aligned-small", "group: template\nfolds: 3")
    let agreement = try list(results, "early", "agreement")
    #expect(agreement.count == 11 && agreement[10] == 1 && agreement[0] < 0.8)
    #expect(try number(results, "swapped", "opposite", "followed") > 0.9)
    #expect(try number(results, "swapped", "alike", "kept") > 0.9)
    #expect(try number(results, "cut", "request", "kept") > 0.9)
    #expect(try number(results, "cut", "thoughts", "kept") < 0.8)
    let probe = try list(results, "probe", "auroc")
    #expect(probe.count == 11 && probe[10] > 0.95)
    #expect(try number(results, "probe", "start") == probe[0])
    #expect(results.figures.map(\.name) == ["", "interventions", "probe"])
  }

  @Test("Where all is decided alike the decision is there from the start, and no probe is fitted.")
  func alike() throws {
    let results = try results(model: "scripted", "budget: 10")
    #expect(try list(results, "early", "agreement") == Array(repeating: 1, count: 11))
    #expect(results.values["probe"] == nil && results.notes.contains { $0.contains("nothing that a probe") })
    #expect(results[["swapped", "opposite"]] == nil)
  }
}
