import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Testing

/// What is wrong with a cell is told before anything runs.
@Suite("Mistakes in cells of combination")
struct CombineMistakesTests {
  private static let shelf = Shelf(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  /// The problems of a cell in which some lines take the place of others with the same key.
  private func problems(_ kind: String, _ standard: String, _ changed: String) throws -> String {
    func key(_ line: Substring) -> Substring { line.prefix { $0 != ":" } }
    let changes = changed.split(separator: "\n")
    let body =
      standard.split(separator: "\n").filter { line in !changes.contains { key($0) == key(line) } } + changes
    do {
      let experiment = try Experiment(
        name: "x",
        source:
          "---\nmodel: aligned-small\ndata: requests\n---\n\n```{\(kind)}\nlabel: c\n\(body.joined(separator: "\n"))\n```\n",
        file: "x.md", overrides: [:], registry: Registry(bundledCells))
      try Runner(shelf: Self.shelf, store: .none).check(experiment)
      return ""
    } catch let problems as Problems {
      return problems.description
    }
  }

  @Test("Rows in two parts, categories that are not there or too few, doses and layers that cannot be.")
  func combine() throws {
    let standard = """
      target: harmful
      categories: [drugs, theft]
      train: { part: train }
      fit: { part: validation }
      test: { part: test }
      inject: 5
      """
    let cases = [
      ("test: { part: [validation, test] }", "200 rows are accepted by both “fit” and “test”"),
      ("fit: { part: train }", "600 rows are accepted by both “train” and “fit”"),
      ("categories: [drugs]", "“categories” names 1"),
      ("categories: [drugs, drugs]", "“categories” names one twice"),
      ("categories: [drugs, arson]", "unknown category “arson”"),
      ("categories: [drugs, weapons]", "“weapons” has 11 prompts of its own in “train”, and 12 are needed"),
      ("column: kinds", "unknown column “kinds”"), ("dose: 0.4", "the dose 0.4 is none of “doses”"),
      ("doses: [0.5, -1]", "a dose is not above 0"), ("inject: 9", "nothing can be read behind layer 9"),
      ("read: 3-5", "“read” names no layer behind layer 5"), ("site: z", "z is no place in the residual stream"),
      ("position: post_instruction", "“post_instruction” is a range of tokens"), ("prompts: 4", "give no interval"),
    ]
    for (change, text) in cases {
      let message = try problems("combine", standard, change)
      #expect(message.contains(text), "\(change): \(message)")
    }
    #expect(try problems("combine", standard, "") == "")
  }

  @Test("Geometry and rivals refuse rows in two parts, answers of many tokens, and categories that are too few.")
  func others() throws {
    let geometry = """
      target: harmful
      train: { part: train }
      test: { part: test }
      tokens: [Sorry, Sure]
      """
    let shared = "200 rows are accepted by both “train” and “test”"
    let both = "train: { part: [train, validation] }\ntest: { part: [validation, test] }"
    #expect(try problems("geometry", geometry, both).contains(shared))
    #expect(try problems("geometry", geometry, "tokens: [Sorry]").contains("“tokens” names 1"))
    #expect(try problems("geometry", geometry, "tokens: [Sorry, responsibility]").contains("tokens for the model"))
    #expect(try problems("geometry", geometry, "least: 500").contains("0 categories have 500 prompts"))
    #expect(try problems("geometry", geometry, "") == "")

    let rivals = geometry + "\nrefusal_tokens: [Sorry, I]"
    #expect(try problems("rivals", rivals, both).contains(shared))
    #expect(try problems("rivals", rivals, "controls: 0").contains("there is no control"))
    #expect(try problems("rivals", rivals, "controls: 99").contains("more than there are"))
    #expect(try problems("rivals", rivals, "refusal_phrases: []").contains("nothing to tell a refusal by"))
    #expect(try problems("rivals", rivals, "") == "")
  }
}
