import Bundle
import Experiment
import Manuscript
import Tensor
import Testing

@Suite("Data that a document asks for")
struct DataSourceTests {
  /// 60 rows of 12 templates, 5 rows each, mixed; a few have another language.
  private static let file = Dataset(
    name: "made",
    rows: (0..<60).map { index in
      [
        "goal": .text("request \(index)"), "template": .text("t\(index % 12)"), "object": .integer(index % 7),
        "language": .text(index % 10 == 3 ? "fr" : "en"),
      ]
    }, digest: Digest(of: "made"))

  private func source(_ map: String) throws -> DataSource {
    let document = try Document.parse(
      source: "---\ndata: \(map)\n---\n", file: "x.md", overrides: [:], roots: [])
    return try DataSource(try #require(document.frontMatter.data).value)
  }

  private func rows(_ keys: String, seed: UInt64 = 17, of data: Dataset = file) throws -> Dataset {
    try source("{ file: made, \(keys) }").rows(of: data, seed: seed)
  }

  private func parts(_ data: Dataset) -> [String: Set<Int>] {
    Dictionary(grouping: data.rows.indices) { data.rows[$0]["split"]?.plain ?? "none" }
      .mapValues { Set($0.map { data.numbers[$0] }) }
  }

  @Test("A name alone is the whole file, and so is a map that asks for nothing else.")
  func whole() throws {
    #expect(try source("requests").file.value == "requests")
    let data = try rows("columns: {}")
    #expect(data.rows == Self.file.rows)
    #expect(data.numbers == Array(1...60))
    #expect(data.identity == Self.file.identity)
  }

  @Test("“where” keeps the rows that have the values, under the names that “columns” gives, with their numbers.")
  func filter() throws {
    let data = try rows("columns: { text: goal, tongue: language }, where: { tongue: fr, object: [3, 6] }")
    #expect(data.numbers == [4, 14, 24, 34, 44, 54].filter { [3, 6].contains(($0 - 1) % 7) })
    #expect(data.rows.allSatisfy { $0["tongue"]?.plain == "fr" && $0["text"] != nil })
    #expect(data.digest == Self.file.digest)
  }

  @Test(
    "“where” compares numbers as numbers, however they are spelled, and texts as texts.",
    arguments: [
      ("n: 3.0", [1, 3]), ("n: 3", [1, 3]), ("n: [0.30e1, -1]", [1, 3]), ("n: 1e-1", [2]), ("n: three", []),
      ("t: 3.0", [2]), ("t: 3", [1]), ("t: 9007199254740993", [3]), ("t: 9007199254740992", []),
      ("yes: true", [1]), ("yes: 1", [2]),
    ])
  func numbers(filter: String, numbers: [Int]) throws {
    let data = Dataset(
      name: "made",
      rows: [
        ["n": 3, "t": "3", "yes": .flag(true)], ["n": 0.1, "t": "3.0", "yes": 1], ["n": 3, "t": "9007199254740993"],
      ], digest: Digest(of: "x"))
    guard !numbers.isEmpty else {
      #expect(throws: Problems.self) { try rows("where: { \(filter) }", of: data) }
      return
    }
    #expect(try rows("where: { \(filter) }", of: data).numbers == numbers)
  }

  @Test("A sample is part of the file, in its order, the same on every run, and part of a larger sample.")
  func sample() throws {
    for seed in UInt64(0)..<20 {
      let (small, large) = (try rows("sample: 13", seed: seed), try rows("sample: 29", seed: seed))
      #expect(small.numbers.count == 13 && large.numbers.count == 29)
      #expect(small.numbers == small.numbers.sorted() && Set(small.numbers).isSubset(of: large.numbers))
      #expect(small.rows == small.numbers.map { Self.file.rows[$0 - 1] })
      #expect(try rows("sample: 13", seed: seed).numbers == small.numbers)
      #expect(try rows("sample: 13", seed: seed + 1).numbers != small.numbers)
      #expect(try rows("sample: 13, seed: \(seed)", seed: 99).numbers == small.numbers)
    }
    #expect(try rows("sample: 60").rows == Self.file.rows)
    #expect(try rows("sample: 1, where: { goal: request 5 }").numbers == [6])
  }

  @Test("Every row is drawn about equally often, and into each part in proportion to its share.")
  func fairness() throws {
    var (drawn, trained) = (Array(repeating: 0, count: 61), Array(repeating: 0, count: 61))
    for seed in UInt64(0)..<400 {
      for number in try rows("sample: 15", seed: seed).numbers { drawn[number] += 1 }
      for number in parts(try rows("split: { a: 0.25, b: 0.75 }", seed: seed))["a"] ?? [] { trained[number] += 1 }
    }
    // Binomial with n = 400, p = 1/4: mean 100, standard deviation 8.7.
    #expect(
      drawn.dropFirst().allSatisfy { abs($0 - 100) < 40 } && trained.dropFirst().allSatisfy { abs($0 - 100) < 40 })
  }

  @Test("With “group”, a sample holds whole groups.", arguments: ["template", "[template, language]", "object"])
  func groups(group: String) throws {
    let columns = group.split { "[], ".contains($0) }.map(String.init)
    func key(_ row: Dataset.Row) -> [String] { columns.map { row[$0]?.plain ?? "" } }
    let whole = Dictionary(grouping: Self.file.rows, by: key)
    for seed in UInt64(0)..<10 {
      let data = try rows("sample: 23, group: \(group)", seed: seed)
      let drawn = Dictionary(grouping: data.rows, by: key)
      // As many as fit: no more than the largest group is missing.
      #expect(data.rows.count <= 23 && 23 - data.rows.count < whole.values.map(\.count).max() ?? 0)
      if group == "template" { #expect(drawn.count == 4) }
      #expect(Set(data.numbers).isSubset(of: try rows("sample: 40, group: \(group)", seed: seed).numbers))
      #expect(drawn.allSatisfy { whole[$0.key]?.count == $0.value.count })
      #expect(data.numbers == data.numbers.sorted())
    }
  }

  @Test(
    "The parts of a split are disjoint, hold every row, have their sizes to the row, and are the same on every run.",
    arguments: [
      ("{ train: 0.5, validation: 0.2, test: 0.3 }", ["train": 30, "validation": 12, "test": 18]),
      ("{ a: 0.7, b: 0.2, c: 0.1 }", ["a": 42, "b": 12, "c": 6]), ("{ all: 1 }", ["all": 60]),
      // 20.4, 20.4, 19.2: one row is left for the first of the largest remainders.
      ("{ x: 0.34, y: 0.34, z: 0.32 }", ["x": 21, "y": 20, "z": 19]),
      ("{ x: 0.3333333333, y: 0.3333333333, z: 0.3333333334 }", ["x": 20, "y": 20, "z": 20]),
    ])
  func split(shares: String, sizes: [String: Int]) throws {
    for seed in UInt64(0)..<20 {
      let data = try rows("split: \(shares)", seed: seed)
      let parts = parts(data)
      #expect(data.numbers == Array(1...60))
      #expect(parts.mapValues(\.count) == sizes)
      #expect(parts.values.reduce(Set()) { $0.union($1) }.count == 60)
      #expect(try self.parts(rows("split: \(shares)", seed: seed)) == parts)
      if sizes.count > 1 { #expect(try self.parts(rows("split: \(shares)", seed: seed + 1)) != parts) }
    }
  }

  @Test("No group straddles two parts, whatever the seed.", arguments: ["template", "[object, language]"])
  func groupedSplit(group: String) throws {
    let columns = group.split { "[], ".contains($0) }.map(String.init)
    for seed in UInt64(0)..<20 {
      let data = try rows("split: { train: 0.5, validation: 0.2, test: 0.3 }, group: \(group)", seed: seed)
      let groups = Dictionary(grouping: data.rows) { row in columns.map { row[$0]?.plain ?? "" } }
      #expect(groups.values.allSatisfy { Set($0.map { $0["split"]?.plain }).count == 1 })
      #expect(data.rows.count == 60)
      if columns == ["template"] {
        let sizes = Dictionary(grouping: groups.values) { $0[0]["split"]?.plain }.mapValues(\.count)
        #expect(sizes == ["train": 6, "validation": 2, "test": 4])
      }
    }
  }

  @Test("The order in which parts, keys or groups' columns are written changes nothing; the seed does.")
  func order() throws {
    let data = try rows("split: { train: 0.5, test: 0.5 }, sample: 40")
    #expect(try rows("sample: 40, split: { test: 0.5, train: 0.5 }").identity == data.identity)
    for other in [
      "split: { train: 0.5, test: 0.5 }, sample: 41", "split: { train: 0.25, test: 0.75 }, sample: 40",
      "split: { train: 0.5, tests: 0.5 }, sample: 40", "split: { train: 0.5, test: 0.5 }, sample: 40, seed: 3",
      "sample: 40", "split: { train: 0.5, test: 0.5 }", "where: { language: en }",
    ] {
      #expect(try rows(other).identity != data.identity)
    }
  }

  @Test("A row's part does not depend on which other rows are read: one that is dropped moves no other in the order.")
  func stability() throws {
    let half = "{ train: 0.5, test: 0.5 }"
    let whole = parts(try rows("split: \(half)"))
    let english = parts(try rows("where: { language: en }, split: \(half)"))
    // Six rows fewer: at most three can change sides, and only those at the border.
    let moved =
      (whole["test"] ?? []).intersection(english["train"] ?? []).count
      + (whole["train"] ?? []).intersection(english["test"] ?? []).count
    #expect(moved <= 3)
  }

  @Test(
    "What cannot be is said, with its place and what would be right.",
    arguments: [
      (
        "colums: {}",
        "x.md:2:21: error: unknown key “colums” in {data}; did you mean “columns”?\n  allowed: "
          + "columns, file, group, sample, seed, split, where"
      ),
      ("columns: goal", "x.md:2:30: error: “columns”: found the text “goal”"),
      ("columns: { text: gaol }", "x.md:2:38: error: unknown column “gaol” in made; did you mean “goal”?"),
      ("where: { languag: en }", "x.md:2:30: error: unknown column “languag” in the data “made”; did you mean"),
      ("where: { language: de }", "x.md:2:28: error: no row of the data “made” meets “where”"),
      ("where: en", "x.md:2:28: error: “where”: found the text “en”"),
      ("sample: 61", "x.md:2:29: error: “sample” asks for 61 of the 60 rows of “made”\n  expected: 1 to 60"),
      ("sample: 7, where: { language: fr }", "“sample” asks for 7 of the 6 rows of “made”"),
      ("sample: 61, group: template", "“sample” asks for 61 of the 60 rows of “made”"),
      ("sample: 4, group: template", "x.md:2:29: error: the first group that is drawn from “made” has 5 rows"),
      ("sample: 0", "x.md:2:29: error: “sample”: found the number 0\n  expected: 1 or more"),
      ("sample: 1.5", "x.md:2:29: error: “sample”: found the number 1.5\n  expected: a whole number"),
      ("sample: 2, group: templat", "x.md:2:39: error: unknown column “templat” in the data “made”; did you mean"),
      ("group: template", "x.md:2:28: error: “group” changes nothing without “sample” or “split”"),
      ("seed: 3", "x.md:2:27: error: “seed” changes nothing without “sample” or “split”"),
      ("sample: 3, seed: -1", "x.md:2:38: error: “seed”: found the number -1\n  expected: a whole number from 0 on"),
      ("split: { a: 0.5, b: 0.4 }", "x.md:2:28: error: “split”: the shares add up to 0.9"),
      ("split: { a: 1.5, b: -0.5 }", "x.md:2:33: error: “split”: the share of “a” is the number 1.5"),
      ("split: { a: half }", "x.md:2:33: error: “split”: the share of “a” is the text “half”"),
      ("split: {}", "x.md:2:28: error: “split”: found a map of 0 keys"),
      ("split: { a: 0.999, b: 0.001 }", "the part “b” would be empty: its share is 0.001 of 60 rows"),
      ("split: { a: 0.5, b: 0.5 }, columns: { split: object }", "the data “made” have a column “split” already"),
    ])
  func refusals(keys: String, message: String) throws {
    let error = #expect(throws: Problems.self) { try rows(keys) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test("A row without a group is refused by its number in the file.")
  func groupless() throws {
    let data = Dataset(name: "made", rows: [["a": 1], ["a": 2, "b": 1], ["a": 2]], digest: Digest(of: "x"))
    let error = #expect(throws: Problems.self) { try rows("sample: 1, group: b, where: { a: 2 }", of: data) }
    #expect(error?.description.contains("row 3 of the data “made” belongs to no group") == true)
  }

  @Test("All that a document says wrongly of its data is found before any file is read.")
  func early() throws {
    let text = """
      ---
      data: { file: a, sampel: 3 }
      ---

      ```{data}
      label: d
      file: b
      split: { a: 2 }
      ```

      ```{probe}
      label: p
      target: harmful
      data: { file: c, where: 3 }
      ```
      """
    let error = #expect(throws: Problems.self) {
      try Experiment(name: "x", source: text, file: "x.md", overrides: [:], registry: Registry(bundledCells))
    }
    #expect(
      error?.list.map(\.message) == [
        "unknown key “sampel” in {data}", "“split”: the share of “a” is the number 2", "“where”: found the number 3",
      ])
  }

  @Test("The reference lists every key of the data.")
  func documentation() {
    let text = Registry(bundledCells).documentation
    for key in ["file", "columns", "where", "sample", "group", "split", "seed"] {
      #expect(text.contains("| `\(key)` | "), "\(key)")
    }
  }
}
