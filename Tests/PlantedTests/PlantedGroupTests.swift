import Testing

/// Labels that chance gave to whole objects: an object's rows have its embedding in common, and nothing tells the label.
@Suite("Planted groups")
struct PlantedGroupTests {
  private static func probe(_ label: String, _ settings: String) -> String {
    """
    ```{probe}
    label: \(label)
    site: resid_pre
    resamples: 20
    \(settings)
    ```


    """
  }

  /// At the place of the object, before anything is computed: all rows of an object are alike.
  private static let atObject = "layers: [0]\npositions: [object]\nmethod: [mean_difference]\n"

  @Test("Where there is nothing to find, labels that go with groups are found about as often as the level says.")
  func chance() throws {
    let labels = 0..<40
    let run = try PlantedRun(
      .sum, data: "chances",
      cells: labels.map { label in
        Self.probe(
          "c\(label)",
          "target: chance_\(label)\ngroup: object\nfolds: 4\npermutations: 99\n" + Self.atObject)
      }.joined())
    let p = try labels.map { try #require(Double(try run.text("c\($0).familywise_p"))) }
    // Of forty two are expected; shuffles of rows would find about ten.
    #expect(p.count { $0 < 0.05 } <= 5, "\(p)")
    #expect(p.count { $0 < 0.5 } >= 10, "\(p)")
  }

  @Test("Intervals come of resampling whole groups, of the test rows as of the others, by each kind that is named.")
  func intervals() throws {
    let common = "target: chance_39\npermutations: 9\nfolds: 3\nrows: { half: 0 }\ntest: { half: 1 }\n" + Self.atObject
    let run = try PlantedRun(
      .sum, data: "chances",
      cells: Self.probe("rows", common) + Self.probe("objects", "group: object\n" + common)
        + Self.probe("both", "group: [object, other]\n" + common))
    for (label, n) in [("rows", 48), ("objects", 16), ("both", 3)] {
      #expect(try run.estimate("\(label).best.auroc").n == n)
      #expect(try run.estimate("\(label).best.accuracy").n == n)
      #expect(try run.estimate("\(label).best.selection_auroc").n == n)
      #expect(try run.estimate("\(label).baseline.bag_of_words.auroc").n == n)
    }
    func width(_ label: String) throws -> Double {
      let estimate = try run.estimate("\(label).best.auroc")
      return try #require(estimate.high) - #require(estimate.low)
    }
    #expect(try width("objects") > width("rows") && width("both") >= width("objects"))
  }

  @Test("A pair's labels change places within it, and what is there in every pair is found.")
  func pairs() throws {
    let run = try PlantedRun(
      .sum, data: "pairs",
      cells: Self.probe(
        "found", "target: harmful\ngroup: pair\nlayers: [1]\nmethod: [mean_difference, lda]\npermutations: 49"))
    #expect(try run.text("found.familywise_p") == "0.02")
    #expect(run.record.cell("found")?.results.notes.contains { $0.contains("logistic") } == false)
  }

  @Test("An onset that is never reached lies behind the last layer, so that a claim about it is refuted.")
  func neverReached() throws {
    let common = "target: harmful\ngroup: pair\npermutations: 9\nmethod: [logistic]\nonset_at: "
    let run = try PlantedRun(
      .sum, data: "pairs",
      cells: Self.probe("never", common + "1.01") + Self.probe("reached", common + "0.99")
        + "```{claim}\nlabel: early\nsays: Early.\nexpect:\n  - never.onset.layer < 3\n```\n")
    #expect(try run.text("never.onset.layer") == "4" && run.text("never.onset.last") == "4")
    #expect(try run.text("never.onset.ever") == "false" && run.text("reached.onset.ever") == "true")
    #expect(try run.text("reached.onset.layer") == "1" && run.text("reached.onset.last") == "1")
    #expect(run.record.claims.map(\.verdict) == [.refuted])
    // What the family-wise p-value is about is said where it is not about all.
    #expect(run.record.cell("never")?.results.notes.contains { $0.contains("“mean_difference”: logistic") } == true)
  }

  @Test("A position that a range holds and that is named beside it is read once.")
  func overlap() throws {
    let run = try PlantedRun(
      .sum, data: "pairs",
      cells: Self.probe(
        "p",
        "target: harmful\ngroup: pair\npermutations: 9\nlayers: [1]\nmethod: [mean_difference]\n"
          + "positions: [\"instruction[-2:]\", \"instruction[-1]\"]"))
    #expect(try run.numbers("p.map.mean_difference.instruction[-1]").count == 1)
    #expect(run.record.cell("p")?.results.tables.last?.rows.count == 2)
  }

  @Test("Lists that are empty or name something twice, and categories that cannot be halved, are told beforehand.")
  func mistakes() throws {
    let probe = "target: harmful\ngroup: pair\n"
    let transfer = "```{transfer}\nlabel: t\ntarget: harmful\n"
    let cases = [
      (Self.probe("p", probe + "method: []"), "“method” is empty"),
      (Self.probe("p", probe + "method: [lda, lda]"), "“method” names “lda” twice"),
      (Self.probe("p", probe + "positions: []"), "“positions” is empty"),
      (Self.probe("p", probe + "positions: [last, object, last]"), "“positions” names “last” twice"),
      (Self.probe("p", probe + "layers: []"), "“layers” is empty"),
      (Self.probe("p", probe + "layers: [1, 0-2]"), "“layers” names “1” twice"),
      (Self.probe("p", "target: harmful\ngroup: [pair, pair]"), "“group” names “pair” twice"),
      (transfer + "layers: []\n```", "“layers” is empty"),
      (transfer + "least: 1\n```", "“least” is 1"),
      (transfer + "rows: { harmful: 1 }\n```", "0 rows are harmless by the column “harmful”"),
      (transfer + "rows: { pair: [p0, p1, p2], object: [goat, soup, phone, lamp] }\n```", "1 row is harmless"),
    ]
    for (cells, text) in cases {
      let message = try PlantedRun.problems(data: "pairs", cells: cells + "\n")
      #expect(
        message.contains(text) && message.contains("x.md:") && message.contains("expected: "), "\(cells): \(message)")
    }
  }

  @Test("Categories of two prompts each are enough to learn from one and test on the other.")
  func leastTransfer() throws {
    let run = try PlantedRun(
      .sum, data: "pairs",
      cells: "```{transfer}\nlabel: t\ntarget: harmful\nsite: resid_pre\nleast: 2\n"
        + "rows: { pair: [p0, p1, p2, p3, p4, p5] }\n```\n")
    #expect(try run.text("t.categories") == "3")
    #expect(try run.numbers("t.within").count == 4)
  }
}
