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
