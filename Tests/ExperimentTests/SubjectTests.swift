import Experiment
import Foundation
import Tensor
import Testing
import Tokenizer
import Transformer

@Suite("The model under study")
struct SubjectTests {
  private static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "experiments/models/aligned-small", directoryHint: .isDirectory)

  private func data(_ row: Dataset.Row) -> Dataset { Dataset(name: "rows", rows: [row], digest: Digest(of: "rows")) }

  @Test("A row becomes a prompt whose places are found by offsets, not by searching for words.")
  func places() throws {
    let subject = try Subject(name: "aligned-small", directory: Self.directory)
    // “drum” stands twice; the span means the second.
    let text = "My drum is old. How do I carry my drum?"
    let row: Dataset.Row = [
      "text": .text(text), "spans": .group(["object": .list([.integer(34), .integer(38)])]),
    ]
    let prompt = try subject.prompt(for: row, at: 0, in: data(row))
    #expect(prompt.text == "<|user|>\(text)<|end|>\n<|assistant|><|direct|>\n")
    #expect(subject.tokenizer.decode(Array(prompt.tokens[prompt.instruction])) == text)
    #expect(prompt.postInstruction.count == 5)
    let object = try #require(prompt.spans["object"])
    #expect(subject.tokenizer.decode(Array(prompt.tokens[object])).trimmingCharacters(in: .whitespaces) == "drum")
    #expect(object.lowerBound > prompt.instruction.lowerBound + 4)
    #expect(Position.last.resolve(in: prompt) == prompt.tokens.count - 1)
  }

  @Test("A chat template in place of the model's own renders prompts, and makes another subject of it.")
  func template() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "template-\(UUID().uuidString).jinja")
    try Data("Q: {{ messages[0]['content'] }}\nA:".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let own = try Subject(name: "aligned-small", directory: Self.directory)
    let other = try Subject(name: "aligned-small with Q", directory: Self.directory, chatTemplate: file)
    let row: Dataset.Row = ["text": .text("Why?")]
    let prompt = try other.prompt(for: row, at: 0, in: data(row))
    #expect(prompt.text == "Q: Why?\nA:")
    #expect(other.tokenizer.decode(Array(prompt.tokens[prompt.postInstruction])) == "\nA:")
    #expect(own.digest != other.digest)
    try Data("{% for %}".utf8).write(to: file)
    #expect(throws: (any Error).self) {
      try Subject(name: "x", directory: Self.directory, chatTemplate: file)
    }
  }

  @Test("A tokenizer with more tokens than the model has is refused.")
  func vocabulary() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "subject-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: Self.directory, to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let rows = (0..<400).map { "word\($0 * 7919) other\($0 * 104_729)" }
    try BytePairTrainer(vocabularySize: 1_300, specialTokens: ["<eot>"]).train(on: rows + rows).write(to: folder)
    var settings = try JSONSerialization.jsonObject(
      with: Data(contentsOf: Self.directory.appending(path: "tokenizer_config.json")))
    if var object = settings as? [String: Any] {
      object["chat_template"] = "{{ messages[0]['content'] }}"
      settings = object
    }
    try JSONSerialization.data(withJSONObject: settings).write(to: folder.appending(path: "tokenizer_config.json"))
    #expect(throws: SubjectError.vocabulary(directory: folder.path, tokenizer: 1_300, model: 1_280)) {
      try Subject(name: "x", directory: folder)
    }
  }

  @Test("Rows without a text, and spans that lie outside of it, are told with the row.")
  func rows() throws {
    let subject = try Subject(name: "aligned-small", directory: Self.directory)
    let untitled: Dataset.Row = ["request": .text("Hello")]
    #expect(throws: SubjectError.noText(data: "rows", row: 1, columns: ["request"])) {
      try subject.prompt(for: untitled, at: 0, in: data(untitled))
    }
    for span: [Value] in [[1, 9], [0, 1e300], [-1e300, 1], [0, .number(.nan)], [0.5, 1], [1, 1], [1]] {
      let wrong: Dataset.Row = ["text": .text("Hi"), "spans": .group(["object": .list(span)])]
      #expect(throws: SubjectError.badSpan(data: "rows", row: 1, span: "object"), "\(span)") {
        try subject.prompt(for: wrong, at: 0, in: data(wrong))
      }
    }
    let plain: Dataset.Row = ["text": .text("Hi")]
    let prompt = try subject.prompt(for: plain, at: 0, in: data(plain))
    let object = try #require(Position("object"))
    #expect(throws: SubjectError.noPosition(position: "object", data: "rows", row: 1, text: "Hi")) {
      try subject.index(of: object, in: prompt, data: data(plain))
    }
  }
}

extension SubjectTests {
  @Test("A GGUF file is a model like any other: prompts, positions and answers come from it alone.")
  func gguf() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/gguf/whole.gguf")
    let subject = try Subject(name: "whole", directory: file)
    let row: Dataset.Row = ["text": .text("How do I open a jar?")]
    let prompt = try subject.prompt(for: row, at: 0, in: Dataset(name: "x", rows: [row], digest: Digest(of: "x")))
    #expect(prompt.text == "<|user|>How do I open a jar?<|end|>\n<|assistant|>")
    let answer = try subject.model.generate(
      prompts: [prompt.tokens], options: GenerationOptions(maxNewTokens: 3, stop: subject.stop))
    #expect(!answer.sequences[0].tokens.isEmpty)
  }
}
