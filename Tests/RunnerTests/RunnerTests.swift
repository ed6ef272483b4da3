import Experiment
import Foundation
import Manuscript
import Runner
import Synchronization
import Tensor
import Testing

/// `{add}`: adds a number to another cell's sum, and counts how often it ran.
private enum AddCell: CellKind {
  struct Settings: CellSettings {
    var number = 0.0
    var to: Reference?
    static let keys: [SettingKey<Settings>] = [
      .required("number", \.number, "What is added."), .optional("to", \.to, "What it is added to."),
    ]
  }

  static let name = "add"
  static let version = 1
  static let summary = "Adds."
  static let runs = Mutex<[String]>([])

  static func problems(_ settings: Settings, in scope: CellScope) -> [Problem] {
    settings.number < 0 ? [Problem("negative", at: scope.location(of: "number"))] : []
  }

  static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    runs.withLock { $0.append(context.scope.cell.label.value) }
    if settings.number == 13 { throw Unlucky() }
    var results = Results()
    var sum = settings.number
    if let other = settings.to, case .number(let number)? = context.results(of: other)?.values["sum"] { sum += number }
    results.values["sum"] = .number(sum)
    results.values["draw"] = .number(context.stream("draw").uniform(at: 0))
    results.headline = ["sum"]
    return results
  }

  struct Unlucky: Error, CustomStringConvertible {
    var description: String { "13 is unlucky" }
  }
}

@Suite("Running", .serialized)
struct RunnerTests {
  /// A store in memory.
  private final class Memory: Sendable {
    let kept = Mutex<[Digest: Results]>([:])
    var store: ResultStore {
      ResultStore(
        load: { key in self.kept.withLock { $0[key] } },
        save: { results, key in self.kept.withLock { $0[key] = results } })
    }
  }

  private let memory = Memory()

  private func experiment(_ cells: String, seed: Int = 1) throws -> Experiment {
    try Experiment(
      name: "sums", source: "---\ntitle: Sums\nseed: \(seed)\n---\n\n" + cells, file: "sums.md", overrides: [:],
      registry: Registry([AddCell.self]))
  }

  private func run(_ cells: String, seed: Int = 1, rerun: Bool = false) throws -> (Runner.Outcome, ran: [String]) {
    AddCell.runs.withLock { $0 = [] }
    let shelf = Shelf(root: FileManager.default.temporaryDirectory)
    let outcome = try Runner(shelf: shelf, store: memory.store, rerun: rerun).run(try experiment(cells, seed: seed))
    return (outcome, AddCell.runs.withLock { $0 })
  }

  private func cell(_ label: String, _ number: Double, to other: String? = nil) -> String {
    "```{add}\nlabel: \(label)\nnumber: \(number)\n" + (other.map { "to: \($0).sum\n" } ?? "") + "```\n\n"
  }

  @Test("Cells run after those that they need, whatever their order in the text.")
  func order() throws {
    let (outcome, ran) = try run(cell("b", 2, to: "a") + cell("a", 1))
    #expect(ran == ["a", "b"])
    #expect(outcome.record.cell("b")?.results.values["sum"] == 3)
    #expect(outcome.record.cells.map(\.label) == ["b", "a"])
  }

  @Test("What ran before with the same inputs is reused, and an equal run gives an equal record.")
  func reuse() throws {
    let text = cell("a", 1) + cell("b", 2, to: "a")
    let (first, _) = try run(text)
    let (second, ran) = try run(text)
    #expect(ran.isEmpty)
    #expect(second.reused == 2)
    #expect(first.record == second.record)
  }

  @Test("A change runs the cell and all that need it, and nothing else.")
  func invalidation() throws {
    _ = try run(cell("a", 1) + cell("b", 2, to: "a") + cell("c", 3))
    let (_, ran) = try run(cell("a", 5) + cell("b", 2, to: "a") + cell("c", 3))
    #expect(ran == ["a", "b"])
  }

  @Test("Another seed runs everything again and draws other numbers; a new label or caption runs nothing.")
  func keys() throws {
    let (first, _) = try run(cell("a", 1))
    let (second, ran) = try run(cell("a", 1), seed: 2)
    #expect(ran == ["a"])
    #expect(first.record.cell("a")?.results.values["draw"] != second.record.cell("a")?.results.values["draw"])
    let (_, renamed) = try run(cell("renamed", 1).replacing("number", with: "caption: New\nnumber"))
    #expect(renamed.isEmpty)
  }

  @Test("A cell may have a seed of its own: it draws what a document of that seed draws, and so does no other cell.")
  func ownSeed() throws {
    let (other, _) = try run(cell("a", 1), seed: 2)
    let (outcome, ran) = try run(cell("a", 1).replacing("number", with: "seed: 2\nnumber") + cell("b", 1))
    #expect(ran == ["b"], "what a document of that seed has found is reused")
    #expect(outcome.record.cell("a")?.results == other.record.cell("a")?.results)
    #expect(outcome.record.cell("b")?.results.values["draw"] != other.record.cell("a")?.results.values["draw"])
    let problems = #expect(throws: Problems.self) {
      try run(cell("a", 1).replacing("number", with: "seed: soon\nnumber"))
    }
    #expect(problems?.description.contains("sums.md:8:7") == true && problems?.description.contains("“seed”") == true)
  }

  @Test(
    "Other rows, other parts or another seed of the data run the cell again; the same rows, however asked for, do not.")
  func selections() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "selections-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let rows = (0..<20).map { "\($0),\($0 % 2 == 0 ? "even" : "odd")\n" }
    try Data(("n,kind\n" + rows.joined()).utf8).write(to: folder.appending(path: "rows.csv"))
    func run(_ data: String, seed: Int = 1) throws -> Runner.Outcome {
      let text = "---\nseed: \(seed)\ndata: { file: \"rows.csv\"\(data) }\n---\n\n" + cell("a", 1)
      let experiment = try Experiment(
        name: "sums", source: text, file: "sums.md", overrides: [:], registry: Registry([AddCell.self]))
      return try Runner(shelf: Shelf(root: folder), store: memory.store).run(experiment)
    }
    for data in [
      "", ", split: { a: 0.5, b: 0.5 }", ", split: { a: 0.4, b: 0.6 }", ", split: { a: 0.5, b: 0.5 }, seed: 9",
      ", split: { a: 0.5, b: 0.5 }, group: kind", ", where: { kind: odd }", ", sample: 7", ", sample: 8",
      ", columns: { text: kind }",
    ] {
      #expect(try run(data).ran == 1, "\(data)")
      #expect(try run(data).reused == 1, "\(data)")
    }
    #expect(try run(", where: { kind: [odd] }").reused == 1)
    #expect(try run(", split: { b: 0.5, a: 0.5 }, seed: 1").reused == 1)
    let error = #expect(throws: Problems.self) { try run(", sample: 21") }
    #expect(
      error?.description
        == "sums.md:3:35: error: “sample” asks for 21 of the 20 rows of “rows.csv”\n  expected: 1 to 20")
  }

  @Test("A rerun runs what could be reused.")
  func rerun() throws {
    _ = try run(cell("a", 1))
    #expect(try run(cell("a", 1), rerun: true).ran == ["a"])
  }

  @Test("A cell that fails is recorded as failed with those that need it; the others run.")
  func failure() throws {
    let (outcome, ran) = try run(cell("a", 13) + cell("b", 2, to: "a") + cell("c", 3))
    #expect(ran == ["a", "c"])
    #expect(outcome.record.cell("a")?.failure == "13 is unlucky")
    #expect(outcome.record.cell("b")?.failure == "needs “a”, which failed")
    #expect(outcome.record.cell("c")?.results.values["sum"] == 3)
    #expect(outcome.failures.map(\.label) == ["a", "b"])
  }

  @Test("Claims get their verdicts, and one that names nothing is inconclusive and reported.")
  func claims() throws {
    let claim = { (label: String, text: String) in
      "```{claim}\nlabel: \(label)\nsays: So it is.\nexpect:\n  - \(text)\n```\n\n"
    }
    let (outcome, _) = try run(
      cell("a", 1) + claim("yes", "a.sum == 1") + claim("no", "a.sum > 1") + claim("what", "a.missing > 1"))
    #expect(outcome.record.claims.map(\.verdict) == [.supported, .refuted, .inconclusive])
    #expect(outcome.record.verdict == .refuted)
    #expect(outcome.problems.count == 1)
  }

  @Test("A record survives being written as files and read back.")
  func record() throws {
    let (outcome, _) = try run(cell("b", 2, to: "a") + cell("a", 1))
    let files = try outcome.record.files { _ in "" }
    #expect(try Record(experiment: "sums", files: files) == outcome.record)
  }

  @Test("A cell that refers to itself, or in a circle, is refused with the circle.")
  func circles() throws {
    #expect(throws: Problems.self) { try experiment(cell("a", 1, to: "a")) }
    do {
      _ = try experiment(cell("a", 1, to: "b") + cell("b", 1, to: "a"))
      Issue.record("a circle was accepted")
    } catch let error as Problems {
      #expect(error.description.contains("a → b → a"))
    }
    do {
      _ = try experiment(cell("a", 1, to: "a"))
    } catch let error as Problems {
      #expect(error.description.contains("the cell “a” refers to itself"))
    }
  }

  @Test("All that is wrong is said at once, with its place, before anything runs.")
  func problems() throws {
    let text = """
      ```{add}
      label: a
      numbr: 1
      ```

      ```{ad}
      label: b
      ```

      ```{add}
      label: c
      number: text
      to: nowhere.sum
      ```
      """
    do {
      _ = try experiment(text)
      Issue.record("nothing was found wrong")
    } catch let error as Problems {
      let lines = error.list.map(\.description).joined(separator: "\n")
      #expect(lines.contains("sums.md:8:1: error: unknown key “numbr” in {add}; did you mean “number”?"))
      #expect(lines.contains("{add} lacks the key “number”"))
      #expect(lines.contains("unknown cell kind “ad”; did you mean “add”?"))
      #expect(lines.contains("“number”: found the text “text”"))
    }
    AddCell.runs.withLock { $0 = [] }
    #expect(throws: Problems.self) { try run(cell("a", 1) + cell("b", -1)) }
    #expect(AddCell.runs.withLock { $0 }.isEmpty)
  }

  @Test("A run that is stopped keeps what is finished.")
  func cancellation() throws {
    let text = cell("a", 1) + cell("b", 2)
    let shelf = Shelf(root: FileManager.default.temporaryDirectory)
    AddCell.runs.withLock { $0 = [] }
    let runner = Runner(shelf: shelf, store: memory.store) { AddCell.runs.withLock { $0.count == 1 } }
    #expect(throws: CancellationError.self) { try runner.run(try experiment(text)) }
    let (_, ran) = try run(text)
    #expect(ran == ["b"])
  }
}
