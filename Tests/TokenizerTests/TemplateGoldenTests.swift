import Foundation
import Testing
import Tokenizer

/// Templates of our own, one or more for each feature, as transformers rendered them; see
/// `Tests/Fixtures/templates/make_templates.py`.
@Suite struct TemplateGoldenTests {
  private struct Case {
    let feature: String
    let template: String
    let context: OrderedJSON
    /// `nil` where transformers fails.
    let output: String?
  }

  private static func cases() throws -> [Case] {
    let file = fixtures.deletingLastPathComponent().appending(path: "templates/goldens.json")
    let golden = try OrderedJSON.read(Data(contentsOf: file), file: "goldens.json")
    guard case .array(let cases) = golden["cases"] else { return [] }
    return try cases.map { example in
      let context = try #require(example["context"]?.string)
      return Case(
        feature: try #require(example["feature"]?.string), template: try #require(example["template"]?.string),
        context: try #require(golden["contexts"]?[context]), output: example["output"]?.string)
    }
  }

  /// What transformers renders and this engine refuses, with an error that says so: none is in a published template.
  private static let refused = [
    // Whole numbers beyond 64 bits.
    "10 ** 20", "9223372036854775807 + 1", "2 ** 63", "2 ** 62", "3037000500", "-9223372036854775807 - 2",
    // Parts of Jinja and of Python that have to do with web pages, objects or bytes.
    "urlencode", "wordwrap", "striptags", "pprint", "filesizeformat", "cycler(", "joiner(", "grouper",
    "attribute='list'",
    "fromkeys", "casefold", "encode()", "translate", "format_map", "\\N{BULLET}", "n[]", "f(*[1, 2])",
  ]

  private static func isRefused(_ example: Case) -> Bool {
    example.output != nil && refused.contains { example.template.contains($0) }
  }

  private func rendered(_ example: Case) throws -> String {
    guard case .object(let members) = example.context, case .array(let messages) = example.context["messages"],
      case .bool(let prompt) = example.context["add_generation_prompt"]
    else { throw CocoaError(.coderInvalidValue) }
    let extra = members.filter { $0.key != "messages" && $0.key != "add_generation_prompt" }
    return try ChatTemplate(source: example.template, variables: ["bos_token": "<s>", "eos_token": "</s>"])
      .renderWithOffsets(
        json: messages, addGenerationPrompt: prompt,
        extra: Dictionary(extra.map { ($0.key, $0.value) }) { _, last in last }
      ).text
  }

  @Test(
    "Every template gives what transformers gives, or fails where it fails.",
    arguments: try Set(cases().map(\.feature)).sorted())
  func feature(_ feature: String) throws {
    for example in try Self.cases() where example.feature == feature {
      do {
        let text = try rendered(example)
        #expect(!Self.isRefused(example), "no longer refused: \(example.template)")
        if let output = example.output {
          #expect(text == output && text.utf8.elementsEqual(output.utf8), "\(example.template)")
        } else {
          Issue.record("gave “\(text)”, but transformers fails: \(example.template)")
        }
      } catch let error as TemplateError {
        if let output = example.output, !Self.isRefused(example) {
          Issue.record("\(error); transformers gives “\(output)”: \(example.template)")
        }
      }
    }
  }

  @Test("There is a golden for every feature that published templates use.")
  func coverage() throws {
    let cases = try Self.cases()
    #expect(cases.count > 1300)
    #expect(cases.count { $0.output == nil } > 150)
    #expect(Set(cases.map(\.feature)).count == 20)
  }
}
