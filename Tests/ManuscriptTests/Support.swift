import Manuscript
import Testing

/// A document whose lines are given, parsed; throws what is wrong.
func parse(_ source: String, overrides: [String: String] = [:]) throws -> Document {
  try Document.parse(source: source, file: "x.md", overrides: overrides)
}

/// The messages of a document that must be wrong.
func messages(_ source: String, overrides: [String: String] = [:]) throws -> [String] {
  let problems = try #require(throws: Problems.self) { try parse(source, overrides: overrides) }
  return problems.list.map(\.description)
}

/// A document's HTML with plain markers for values, references and cells.
func html(_ source: String) throws -> String {
  try parse(source).html(
    value: { "<V \($0.expression)>" }, reference: { "<R \($0.label)>" }, cell: { "<C \($0.label.value)>" })
}

func place(_ line: Int, _ column: Int) -> Manuscript.SourceLocation {
  Manuscript.SourceLocation(file: "x.md", line: line, column: column)
}

/// A cell that defines the label `a`, to refer to.
let cellA = "```{probe}\nlabel: a\n```\n"
