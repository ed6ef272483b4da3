import Bundle
import Experiment
import Manuscript
import Testing

@Suite("Settings")
struct SettingsTests {
  private let registry = Registry(bundledCells)

  /// The messages about a cell's body, without what only the model or the data could tell.
  private func problems(_ body: String, kind: String = "probe") -> [String] {
    let source = "```{\(kind)}\nlabel: a\n\(body)\n```\n"
    do {
      _ = try Experiment(name: "x", source: source, file: "x.md", overrides: [:], registry: registry)
      return []
    } catch {
      return error.list.map(\.description)
    }
  }

  @Test(
    "A value of another form is told with its place and what is expected.",
    arguments: [
      ("target: harmful\nfolds: many", "x.md:4:8: error: “folds”: found the text “many”\n  expected: a whole number"),
      (
        "target: harmful\nsite: resid_pst",
        "x.md:4:7: error: “site”: unknown hook “resid_pst”; did you mean “resid_post”?"
      ),
      ("target: harmful\nlayers: 5-2", "x.md:4:9: error: “layers”: found the text “5-2”"),
      ("target: harmful\npositions: [last, \"last[2]\"]", "“positions”: found the text “last[2]”"),
      ("target: harmful\nmethod: [logistics]", "unknown value “logistics”; did you mean “logistic”?"),
      ("target: harmful\ntset: {part: test}", "x.md:4:1: error: unknown key “tset” in {probe}; did you mean “test”?"),
      ("site: resid_post", "{probe} lacks the key “target”"),
      (
        "target: harmful\nresamples: 9223372036854775807",
        "“resamples”: found the number 9223372036854775807\n  expected: at most 1000000"
      ),
    ])
  func messages(body: String, message: String) {
    #expect(problems(body).contains { $0.contains(message) }, "\(problems(body))")
  }

  @Test("Several mistakes are told together.")
  func together() {
    #expect(problems("folds: x\nlayers: y\nnothing: z").count == 4)
  }

  @Test("Settings that are right are accepted, in short forms and in lists.")
  func accepted() {
    #expect(problems("target: harmful\nlayers: [0, 2-4]\npositions: last\nmethod: lda\nrows: {part: test}").isEmpty)
    #expect(problems("target: harmful\nsite: blocks").count == 1)
    #expect(problems("target: harmful\nsite: hook_resid_pre").isEmpty)
  }

  /// A cell's settings as its key has them.
  private func canonical(_ body: String, params: String = "") throws -> String {
    let source = "---\nparams: {\(params)}\n---\n```{probe}\nlabel: a\ntarget: harmful\n\(body)\n```\n"
    return try #require(
      try Experiment(name: "x", source: source, file: "x.md", overrides: [:], registry: registry).cells.first
    ).settings
  }

  @Test("Settings that differ have texts that differ, whatever stands in them.")
  func distinct() throws {
    let bodies = [
      "rows: {cat: \"x, y\"}", "rows: {cat: [x, y]}", "rows: {cat: x}", "rows: {\"cat: [x]\": y}",
      "rows: {cat: x, dog: y}", "rows: {cat: \"x], dog: [y\"}", "rows: {cat: \"\"}", "rows: {cat: nothing}",
      "rows: {cat: \"x\\ny\"}", "rows: {cat: \" x\"}", "test: {cat: x}",
    ]
    let texts = try bodies.map { try canonical($0) }
    #expect(Set(texts).count == texts.count, "\(texts)")
  }

  @Test("A parameter stands for its value wherever text is read, too, and the cell's key has it.")
  func parameters() throws {
    #expect(try canonical("rows: {t: [$t, 2]}", params: "t: 3") == canonical("rows: {t: [3, 2]}"))
    #expect(try canonical("rows: {t: $t}", params: "t: true") == canonical("rows: {t: true}"))
    #expect(try canonical("rows: {t: $t}", params: "t: 3") != canonical("rows: {t: $t}", params: "t: 2"))
  }

  @Test("A reference to a cell that is not there names those that are.")
  func references() {
    let found = problems("operation: ablate\nrefusal_tokens: [Sorry]\ndirection: b.best", kind: "ablation")
    #expect(found.contains { $0.contains("unknown label “b” in {ablation}") })
  }

  @Test("The reference documentation names every kind with each of its keys and defaults.")
  func documentation() {
    let text = registry.documentation
    for name in registry.names { #expect(text.contains("## `{\(name)}`")) }
    #expect(text.contains("## `{model}` and `{data}`"))
    #expect(text.contains("| `folds` | a whole number | `5` |"))
    #expect(text.contains("| `target` | text | required |"))
  }
}
