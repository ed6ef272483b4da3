import Foundation
import Testing
import World

@Suite("Standard data sets")
struct StandardDatasetsTests {
  @Test("Rows have names of their own, right spans, and bytes that depend on the seed alone.")
  func rows() throws {
    let world = try World(seed: 17)
    for name in World.standardDatasets {
      let rows = try world.standardDataset(name)
      #expect(Set(rows.map(\.id)).count == rows.count, "\(name)")
      for row in rows {
        let bytes = Array(row.text.utf8)
        #expect(String(decoding: bytes[row.spans.object[0]..<row.spans.object[1]], as: UTF8.self) == row.object)
        #expect(row.spans.task[0] <= row.spans.object[0] && row.spans.object[1] <= row.spans.task[1])
        #expect((row.harmful == 1) == (row.label == "refuse") && (row.harmful == 1) == !row.category.isEmpty)
        #expect(ResponseGrammar.read(row.response)?.label.rawValue == row.label)
      }
    }
    let rows = try world.standardDataset("steps")
    let data = try DataRow.jsonLines(rows)
    #expect(try DataRow.jsonLines(World(seed: 17).standardDataset("steps")) == data)
    #expect(try DataRow.jsonLines(World(seed: 18).standardDataset("steps")) != data)
    let lines = data.split(separator: 0x0A)
    #expect(try lines.map { try JSONDecoder().decode(DataRow.self, from: $0) } == rows)
  }

  @Test("Single requests: 1,200 held-out rows, balanced in each part, no combination in two parts, sentences by turns.")
  func requests() throws {
    let rows = try World(seed: 17).standardDataset("requests")
    #expect(rows.count == 1_200)
    #expect(Set(rows.map(\.text)).count == 1_200)
    #expect(rows.allSatisfy { $0.split == "held-out-combination" && $0.family == "single" })
    var parts: [String: Set<[String]>] = [:]
    for row in rows { parts[row.part, default: []].insert([row.object, row.owner, row.purpose, row.consent]) }
    #expect(parts.count == 3)
    for (name, combinations) in parts {
      for (other, others) in parts where other != name { #expect(combinations.isDisjoint(with: others)) }
    }
    for (part, quota) in [("train", 300), ("validation", 100), ("test", 200)] {
      for harmful in [0, 1] {
        let side = rows.filter { $0.part == part && $0.harmful == harmful }
        #expect(side.count == quota)
        let templates = Dictionary(grouping: side, by: \.template).mapValues(\.count)
        #expect(templates.count == 6)
        #expect((templates.values.max() ?? 0) - (templates.values.min() ?? 0) <= 1)
      }
    }
  }

  @Test("The other sets hold what their names say.")
  func others() throws {
    let world = try World(seed: 17)
    let scary = try world.standardDataset("scary")
    #expect(scary.allSatisfy { $0.family == "scary" })
    #expect(scary.count { $0.split == "held-out-scary" && $0.harmful == 0 } >= 100)
    let doubles = try world.standardDataset("doubles")
    #expect(Set(doubles.map { $0.categories.split(separator: "+").count }).isSuperset(of: [0, 1, 2]))
    #expect(doubles.count { $0.split == "held-out-pair" } == 100)
    let pairs = Dictionary(grouping: try world.standardDataset("pairs"), by: \.pair)
    #expect(pairs.values.allSatisfy { $0.map(\.harmful) == [1, 0] })
    #expect(pairs.count == 160 + 3 * 40)
    let steps = try world.standardDataset("steps")
    #expect(steps.allSatisfy { $0.pivotal == 1 && $0.steps >= 1 })
    #expect(Set(steps.map(\.family)) == ["by-order", "changes-of-mind", "ownership-chain", "two-hop"])
    #expect(steps.count { $0.harmful == 1 } * 2 == steps.count)
    #expect(try world.standardDataset("neutral").allSatisfy { $0.harmful == 0 && $0.text == $0.response })
    let error = #expect(throws: WorldError.self) { try world.standardDataset("request") }
    #expect("\(try #require(error))".contains("use one of: requests, scary"))
  }
}
