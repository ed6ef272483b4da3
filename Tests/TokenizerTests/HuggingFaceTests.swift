import Foundation
import Testing
import Tokenizer

@Suite struct HuggingFaceTests {
  private struct Checked: Decodable {
    struct Case: Decodable {
      let text: String
      let parsed: [Int]
      let plain: [Int]
      let decoded: String
      let skipped: String
    }

    let eos: Int
    let prompt: String
    let promptIds: [Int]
    let cases: [Case]
  }

  private func trained() throws -> Tokenizer {
    var trainer = BytePairTrainer(
      vocabularySize: 370, specialTokens: ["<eot>", "<|end|>", "<|user|>", "<|assistant|>"])
    trainer.settings = TokenizerSettings(
      endToken: "<eot>", paddingToken: "<eot>",
      chatTemplate: """
        {% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>
        {% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}
        """)
    return try trainer.train(on: sentences(300))
  }

  @Test("Hugging Face's libraries give the ids that we give for a tokenizer that we trained.")
  func sameIDs() throws {
    let directory = fixtures.appendingPathComponent("trained")
    let tokenizer = try Tokenizer.load(directory: directory)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let checked = try decoder.decode(
      Checked.self, from: Data(contentsOf: directory.appendingPathComponent("cases.json")))
    #expect(checked.cases.count > 70)
    for example in checked.cases {
      #expect(tokenizer.encode(example.text, special: true) == example.parsed, "\(example.text.debugDescription)")
      #expect(tokenizer.encode(example.text) == example.plain, "\(example.text.debugDescription)")
      #expect(tokenizer.decode(example.parsed) == example.decoded)
      #expect(tokenizer.decode(example.parsed, skipSpecial: true) == example.skipped)
    }
    #expect(tokenizer.eosID == checked.eos)
    let prompt = try tokenizer.chatTemplate().render([.user("Ana opens the jar.")], addGenerationPrompt: true)
    #expect(prompt == checked.prompt)
    #expect(tokenizer.encode(prompt, special: true) == checked.promptIds)
  }

  @Test("Training today gives the bytes that were checked.")
  func sameFiles() throws {
    let directory = fixtures.appendingPathComponent("trained")
    if ProcessInfo.processInfo.environment["WRITE_FIXTURES"] != nil { try trained().write(to: directory) }
    #expect(try trained().digest == Tokenizer.load(directory: directory).digest)
  }
}
