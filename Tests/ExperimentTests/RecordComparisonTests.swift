import Experiment
import Statistics
import Tensor
import Testing

@Suite("Comparing records")
struct RecordComparisonTests {
  private static func estimate(_ value: Double, _ low: Double? = nil, _ high: Double? = nil) -> Value {
    .estimate(Estimate(value: value, low: low, high: high))
  }

  @Test(
    "A value moved beyond its interval if the intervals do not touch; without two of them it is known only to differ.",
    arguments: [
      (estimate(0.5, 0.4, 0.6), estimate(0.7, 0.61, 0.8), Movement.beyond),
      (estimate(0.5, 0.4, 0.6), estimate(0.7, 0.6, 0.8), .within), (estimate(0.5, 0.4, 0.6), 0.6, .changed),
      (estimate(0.7, 0.65, 0.8), estimate(0.5, 0.4, 0.6), .beyond), (3, 3, .equal), (3, 4, .changed),
      (.text("last"), .text("object"), .changed), (.number(.nan), .number(.nan), .equal),
      (.number(.nan), 1, .changed), (0.0, .number(-0.0), .equal), (estimate(1, 2, 0), estimate(1.5), .changed),
    ])
  func movement(before: Value, after: Value, expected: Movement) {
    #expect(Movement(from: before, to: after) == expected)
  }

  @Test("What is on one side alone is new or gone.")
  func oneSided() {
    #expect(Movement(from: nil, to: 1) == .new)
    #expect(Movement(from: 1, to: nil) == .gone)
  }

  private static func record(seed: UInt64, values: [String: Value], says: String = "So.") -> Record {
    var results = Results()
    results.values = values
    return Record(
      experiment: "e", document: "",
      inputs: .init(
        document: Digest(of: ""), models: [.init(name: "m", digest: Digest(of: "m"))], data: [], plugins: ["probe": 1],
        engine: "1", linearAlgebra: "x", overrides: [:], seed: seed, facts: [:]),
      cells: [.init(label: "a", kind: "probe", key: Digest(of: "\(seed)"), results: results)],
      claims: [.init(label: "c", says: says, verdict: .supported, expectations: [])])
  }

  @Test("Inputs that changed come first, then every value by path; an equal record has nothing to tell.")
  func comparison() {
    let before = Self.record(seed: 1, values: ["x": 1, "y": .group(["z": 2]), "old": 0])
    let after = Self.record(seed: 2, values: ["x": 1, "y": .group(["z": 3]), "new": 0], says: "So, then.")
    let comparison = RecordComparison("e", from: before, to: after)
    #expect(comparison.inputs.map(\.name) == ["seed"])
    #expect(comparison.inputs.first?.before == "1" && comparison.inputs.first?.after == "2")
    #expect(comparison.outcomes.map(\.name) == ["wording of c"])
    #expect(
      comparison.values.map { "\($0.path) \($0.movement)" } == [
        "a.new new", "a.x equal", "a.y.z changed", "a.old gone",
      ])
    #expect(!comparison.isEqual)
    #expect(RecordComparison("e", from: before, to: before).isEqual)
    #expect(!RecordComparison("e", from: nil, to: before).isEqual)
  }
}
