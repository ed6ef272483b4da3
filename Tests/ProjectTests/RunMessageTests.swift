import Experiment
import Foundation
import Ledger
import Manuscript
import Project
import Statistics
import Tensor
import Testing

@Suite("Commit messages of records")
struct RunMessageTests {
  private static func record(_ value: Double, low: Double, high: Double, claim verdict: Verdict) -> Record {
    var results = Results()
    results.values = [
      "auroc": .estimate(Estimate(value: value, low: low, high: high, n: 9)), "layer": 3, "bare": .number(value),
    ]
    results.headline = ["auroc", "layer", "bare"]
    let broken = Record.Cell(
      label: "broken", kind: "probe", key: Digest(of: "b"), failure: "13 is\nunlucky", results: Results())
    return Record(
      experiment: "sums", document: "",
      inputs: .init(
        document: Digest(of: ""), models: [], data: [], plugins: [:], engine: "1", linearAlgebra: "x", overrides: [:],
        seed: 1, facts: [:]),
      cells: [Record.Cell(label: "a", kind: "probe", key: Digest(of: "a"), results: results), broken],
      claims: [.init(label: "high", says: "It is: high (was low) = so.\n", verdict: verdict, expectations: [])])
  }

  @Test("What is said of a run is read back from its commit: verdicts, values with what moved, failures, standings.")
  func roundTrip() throws {
    var trail = Trail()
    trail.registrations = [
      Registration(
        label: "high", standing: .changed, wording: String(repeating: "a", count: 40), isInSource: true,
        firstResult: RunMessage.thisCommit)
    ]
    trail.withdrawn = [Withdrawn(label: "gone", kind: "probe", commit: "c", headline: [])]
    let before = Self.record(0.5, low: 0.4, high: 0.6, claim: .supported)
    let message = RunMessage(Self.record(0.9, low: 0.8, high: 0.95, claim: .refuted), after: before, trail: trail)
    let commit = message.commitMessage(trailers: [.init("Host", "here")])
    #expect(commit.subject.hasPrefix("sums: 1 cell failed, refuted (was supported), a.auroc 0.900"))
    #expect(
      commit.trailers.last?.value
        == "high changed after; worded in source aaaaaaaaaa, first result in this commit")
    let read = try #require(RunMessage(CommitMessage.Lines(commit.text), experiment: "sums"))
    let claim = try #require(read.claims.first)
    #expect(read.claims.count == 1 && claim.label == "high" && claim.verdict == .refuted)
    #expect(claim.says == "It is: high (was low) = so." && claim.standing == .changed)
    #expect(read.values == message.values)
    #expect(read.values[0].movement == .beyond && read.values[0].before == "0.500 [0.400, 0.600]")
    #expect(read.values[1].movement == .equal)
    #expect(read.values[2].movement == .changed && read.values[2].before == "0.500")
    #expect(read.failures.map(\.label) == ["broken"] && read.failures.map(\.message) == ["13 is unlucky"])
    #expect(read.withdrawn == ["gone"])
    #expect(RunMessage(CommitMessage.Lines(commit.text), experiment: "others") == nil)
  }
}
