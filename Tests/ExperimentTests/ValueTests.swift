import Experiment
import Foundation
import Statistics
import Testing

@Suite("Values")
struct ValueTests {
  private let value = Value.group([
    "best": .group(["auroc": .estimate(Estimate(value: 0.9, low: 0.8, high: 0.95, n: 40)), "layer": 3]),
    "curve": .list([0.5, .number(.nan), .number(.infinity)]), "name": "last", "found": .flag(true),
  ])

  @Test("A value survives being written and read, whatever its numbers are.")
  func roundTrips() throws {
    let data = try CanonicalJSON.encode(value)
    let back = try CanonicalJSON.decode(Value.self, from: data)
    #expect(try CanonicalJSON.encode(back) == data)
    #expect(back["best"]?["auroc"]?["low"] == 0.8)
    #expect(back["best"]?["layer"] == 3)
    #expect(back["curve"]?[2] == .number(.infinity))
    #expect(back["found"] == .flag(true))
  }

  @Test(
    "Texts that spell numbers, and groups that look like estimates, are read back as what they are.",
    arguments: [
      .text("NaN"), .text("Infinity"), .text("-Infinity"), .text(#"\NaN"#), .text(#"\\-Infinity"#), .text(#"\"#),
      .text("nan"), .text("1"), .text("true"), .list(["NaN", .number(.nan)]),
      .group(["value": 1]), .group(["value": 1, "n": 3]), .group(["value": 1, "n": 3, "mean": 2]),
      .group(["value": 1, "n": 2.5]), .group(["value": "NaN"]), .group(["value": .number(.infinity), "low": 0]),
      .group([#"\value"#: 1]), .group(["value": 1, #"\value"#: 2]), .group([#"\value"#: 1, #"\\value"#: 2]),
      .group(["value": .estimate(Estimate(value: 1, n: 2))]), .group(["low": 1]), .group([:]),
      .estimate(Estimate(value: 1)), .estimate(Estimate(value: .infinity, low: 0, high: .infinity, n: 0)),
    ] as [Value])
  func kinds(value: Value) throws {
    let data = try CanonicalJSON.encode([value])
    let back = try CanonicalJSON.decode([Value].self, from: data)
    #expect(try CanonicalJSON.encode(back) == data)
    // A number that is not one is not equal to itself.
    #expect("\(back)" == "\([value])" || back == [value])
  }

  @Test("What no reader takes for something else is written as it stands, and what was written before is read.")
  func spelling() throws {
    func json(_ value: Value) throws -> String {
      try String(decoding: CanonicalJSON.encode([value]), as: UTF8.self).filter { !$0.isWhitespace }
    }
    #expect(try json(.number(.nan)) == #"["NaN"]"#)
    #expect(try json("NaN") == #"["\\NaN"]"#)
    #expect(try json("a NaN") == #"["aNaN"]"#)
    #expect(try json(.group(["value": 1, "unit": "nats"])) == #"[{"unit":"nats","value":1}]"#)
    #expect(try json(.group(["value": 1])) == #"[{"\\value":1}]"#)
    let written = Data(#"[{"value": 1, "low": "-Infinity", "n": 9}, {"value": 1, "mean": 2}, "Infinity"]"#.utf8)
    #expect(
      try CanonicalJSON.decode([Value].self, from: written) == [
        .estimate(Estimate(value: 1, low: -.infinity, n: 9)), .group(["value": 1, "mean": 2]), .number(.infinity),
      ])
    #expect(throws: DecodingError.self) {
      try CanonicalJSON.decode(Value.self, from: Data(#"{"value": 1, "\\value": 2, "mean": 3}"#.utf8))
    }
  }

  @Test("Every random double reads back to its own bits.")
  func exactNumbers() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let number = Double(bitPattern: generator.next())
      guard number.isFinite else { continue }
      let back = try CanonicalJSON.decode([Value].self, from: CanonicalJSON.encode([Value.number(number)]))
      #expect(back == [.number(number)])
    }
  }

  @Test("Leaves come with the paths that lead to them.")
  func leaves() {
    #expect(
      value.leaves().map(\.path) == ["best.auroc", "best.layer", "curve[0]", "curve[1]", "curve[2]", "found", "name"])
  }

  @Test("A negative index counts from the end, and one outside gives nothing.")
  func indices() {
    #expect(value["curve"]?[-3] == 0.5)
    #expect(value["curve"]?[3] == nil)
    #expect(value["name"]?[0] == nil)
  }
}
