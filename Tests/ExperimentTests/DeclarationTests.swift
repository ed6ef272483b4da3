import Bundle
import Experiment
import Manuscript
import Testing

@Suite("Declared models and data")
struct DeclarationTests {
  private func experiment(_ source: String, _ overrides: [String: String] = [:]) throws -> Experiment {
    try Experiment(name: "x", source: source, file: "x.md", overrides: overrides, registry: Registry(bundledCells))
  }

  private func probe(_ label: String, _ more: String = "") -> String {
    "```{probe}\nlabel: \(label)\ntarget: harmful\n\(more)```\n\n"
  }

  private let front = "---\nmodel: first\ndata: requests\n---\n\n"
  private let second = "```{model}\nlabel: other\npath: second\n```\n\n"
  private let pairs = "```{data}\nlabel: twins\nfile: pairs\ncolumns: { text: goal }\n```\n\n"

  @Test("A declaration takes the front matter's place from where it stands; a cell's own word comes before both.")
  func order() throws {
    let text = front + probe("a") + second + pairs + probe("b") + probe("c", "model: third\ndata: rows.csv\n")
    let experiment = try experiment(text)
    let models = experiment.cells.map { experiment.model(of: $0.cell)?.path.value }
    #expect(models == ["first", "second", "third"])
    let data = experiment.cells.map { experiment.data(of: $0.cell) }
    #expect(data[0]?.string == "requests")
    #expect(data[1]?["file"]?.string == "pairs")
    #expect(data[1]?["columns"]?["text"]?.string == "goal")
    #expect(data[1]?["label"] == nil)
    #expect(data[2]?.string == "rows.csv")
  }

  @Test("A cell may name a declaration by its label, wherever that stands.")
  func labels() throws {
    let experiment = try experiment(probe("a", "model: other\ndata: twins\n") + second + pairs)
    #expect(experiment.model(of: experiment.cells[0].cell)?.path.value == "second")
    #expect(experiment.data(of: experiment.cells[0].cell)?["file"]?.string == "pairs")
  }

  @Test("A model may come with a chat template in place of its own, in the front matter, a declaration or a cell.")
  func templates() throws {
    let map = "{ path: second, chat_template: plain.jinja }"
    let declared = "```{model}\nlabel: other\npath: second\nchat_template: plain.jinja\n```\n\n"
    let sources = [
      "---\nmodel: \(map)\ndata: requests\n---\n\n" + probe("a"), front + declared + probe("a"),
      front + probe("a", "model: \(map)\n"),
    ]
    for source in sources {
      let experiment = try experiment(source)
      let model = try #require(experiment.model(of: experiment.cells[0].cell))
      #expect(model.path.value == "second")
      #expect(model.chatTemplate?.value == "plain.jinja")
      #expect(model.name == "second with plain.jinja")
    }
    for wrong in ["{ chat_template: a }", "{ path: a, template: b }", "[a]", "{ path: a, chat_template: [b] }"] {
      #expect(throws: Problems.self) { try experiment("---\nmodel: \(wrong)\n---\n") }
      #expect(throws: Problems.self) { try experiment(front + probe("a", "model: \(wrong)\n")) }
    }
  }

  @Test("What the command line sets takes the place of declarations, and the document's model is the first named.")
  func overrides() throws {
    let set = try experiment(front + second + probe("a"), ["model": "mine"])
    #expect(set.model(of: set.cells[0].cell)?.path.value == "mine")
    #expect(set.model?.path.value == "mine")
    #expect(try experiment(second + probe("a")).model?.path.value == "second")
  }

  @Test(
    "A declaration that says nothing, or too much, is refused with its place.",
    arguments: [
      ("```{model}\nlabel: m\n```", "x.md:1:1: error: {model} does not say which: “path” is missing"),
      ("```{model}\nlabel: m\npath: [a]\n```", "x.md:3:7: error: {model} does not say which: “path” is a list of 1"),
      ("```{data}\nlabel: m\nfile: a\ncolums: {}\n```", "unknown key “colums” in {data}; did you mean “columns”?"),
      ("```{modle}\nlabel: m\npath: a\n```", "unknown cell kind “modle”; did you mean “model”?"),
    ])
  func refusals(source: String, message: String) throws {
    do {
      _ = try experiment(source)
      Issue.record("accepted")
    } catch let error as Problems {
      #expect(error.list.map(\.description).contains { $0.contains(message) }, "\(error)")
    }
  }
}
