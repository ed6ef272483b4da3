import Testing
import World

@Suite("Cell distribution")
struct CellDistributionTests {
  @Test("Harmful and harmless requests have the same one-way marginals.")
  func marginals() throws {
    let world = try World(seed: 17)
    let harmful = world.cells(isHarmful: true).marginals
    let harmless = world.cells(isHarmful: false).marginals
    #expect(harmful.count == 8 + 2 + 2 + 12 + 3)
    #expect(Set(harmful.keys) == Set(harmless.keys))
    for (part, share) in harmful {
      #expect(abs(share - (harmless[part] ?? 0)) < 1e-6, "\(part)")
      #expect(share > 0.03, "\(part)")
    }
  }

  @Test("So do those that are drawn, up to chance.")
  func drawnMarginals() throws {
    let world = try World(seed: 17)
    var counts: [Bool: [String: Int]] = [:]
    let count = 3_000
    for isHarmful in [true, false] {
      for request in try world.requests(.single, split: .train, isHarmful: isHarmful, count: count) {
        let cell = try #require(request.task.cell)
        for part in [
          cell.objectClass.rawValue, "\(cell.ownership)", "\(cell.isEdited)", "for \(cell.purpose)",
          "consent \(cell.consent)",
        ] { counts[isHarmful, default: [:]][part, default: 0] += 1 }
      }
    }
    for (part, number) in counts[true] ?? [:] {
      let other = counts[false]?[part] ?? 0
      #expect(abs(Double(number - other)) / Double(count) < 0.04, "\(part): \(number) and \(other)")
    }
  }

  @Test("Probabilities add up to one, over cells of the right side that training sees, some of which break two rules.")
  func support() throws {
    let world = try World(seed: 17)
    for isHarmful in [true, false] {
      let side = world.cells(isHarmful: isHarmful)
      #expect(abs(side.probabilities.reduce(0, +) - 1) < 1e-12)
      #expect(side.cells.allSatisfy { $0.isHarmful == isHarmful && !HeldOut.cells.contains($0) })
      #expect(side.probabilities.allSatisfy { $0 > 0 })
    }
    let harmful = world.cells(isHarmful: true)
    let twoRules = zip(harmful.cells, harmful.probabilities).filter { $0.0.categories.count == 2 }.map(\.1)
    #expect(abs(twoRules.reduce(0, +) - 0.08) < 1e-6)
  }

  @Test("Neither ownership with consent nor class with purpose is the label.")
  func noPairDecides() throws {
    let world = try World(seed: 17)
    func accuracy(_ key: (Cell) -> String) -> Double {
      var shares: [String: [Bool: Double]] = [:]
      for side in [true, false] {
        let cells = world.cells(isHarmful: side)
        for (cell, probability) in zip(cells.cells, cells.probabilities) {
          shares[key(cell), default: [:]][side, default: 0] += probability / 2
        }
      }
      return shares.values.reduce(0) { $0 + ($1.values.max() ?? 0) }
    }
    #expect(accuracy { "\($0.ownership) \($0.consent)" } < 0.92)
    #expect(accuracy { "\($0.objectClass) \($0.purpose)" } < 0.92)
    #expect(abs(accuracy { "\($0)" } - 1) < 1e-12)
  }
}
