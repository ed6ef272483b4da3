import Foundation
import Testing
import Tokenizer

/// Cases that transformers rendered.
private struct Rendered: Decodable {
  struct Case: Decodable {
    let template: String?
    let context: String?
    let addGenerationPrompt: Bool?
    let beginToken: String?
    let endToken: String?
    let expected: String?
    let error: String?

    enum CodingKeys: String, CodingKey {
      case template, context, expected, error
      case addGenerationPrompt = "add_generation_prompt"
      case beginToken = "bos_token"
      case endToken = "eos_token"
    }
  }

  let cases: [Case]
  let messages: [ChatMessage]?
  let contexts: [String: [ChatMessage]]?

  init(_ url: URL) throws { self = try JSONDecoder().decode(Rendered.self, from: Data(contentsOf: url)) }
}

@Suite struct ChatTemplateTests {
  @Test("Every feature of the language gives what transformers gives, or fails where it fails.")
  func features() throws {
    let fixture = try Rendered(fixtures.appendingPathComponent("templates.json"))
    let messages = try #require(fixture.messages)
    #expect(fixture.cases.count > 35)
    for example in fixture.cases {
      let source = try #require(example.template)
      func render() throws -> RenderedChat {
        try ChatTemplate(source: source, variables: ["bos_token": "<s>", "eos_token": "</s>"])
          .renderWithOffsets(messages, addGenerationPrompt: true)
      }
      if let expected = example.expected {
        do {
          let chat = try render()
          #expect(chat.text == expected, "\(source)")
          checkPieces(chat, messages)
        } catch {
          Issue.record("\(error) in \(source)")
        }
      } else {
        #expect(throws: TemplateError.self, "\(source)") { try render() }
      }
    }
  }

  /// Every piece is the same text in the message and in the prompt (but for its case).
  private func checkPieces(_ chat: RenderedChat, _ messages: [ChatMessage]) {
    let prompt = Array(chat.text.utf8)
    for piece in chat.pieces {
      let content = Array(messages[piece.message].content.utf8)
      let landed = String(decoding: prompt[piece.place], as: UTF8.self)
      let source = String(decoding: content[piece.source], as: UTF8.self)
      #expect(
        landed.lowercased() == source.lowercased() || landed.contains("\\") || landed.count == 1, "\(landed) \(source)")
    }
  }

  @Test(
    "Published templates give what transformers gives.", .enabled(if: conformanceHas("templates")),
    arguments: ["gemma", "nvidia-mistral", "phi-3-mini", "phi-4-mini", "qwen2.5"])
  func published(name: String) throws {
    let directory = conformance.appendingPathComponent("templates/\(name)")
    let config = try OrderedJSON.read(
      Data(contentsOf: directory.appendingPathComponent("tokenizer_config.json")), file: "tokenizer_config.json")
    let source = try #require(config["chat_template"]?.string)
    let fixture = try Rendered(directory.appendingPathComponent("cases.json"))
    #expect(fixture.cases.count >= 8)
    for example in fixture.cases {
      let messages = try #require(fixture.contexts?[example.context ?? ""])
      let template = try ChatTemplate(
        source: source,
        variables: ["bos_token": .string(example.beginToken ?? ""), "eos_token": .string(example.endToken ?? "")])
      let prompt = example.addGenerationPrompt ?? false
      if let expected = example.expected {
        let chat = try template.renderWithOffsets(messages, addGenerationPrompt: prompt)
        #expect(chat.text == expected)
        checkPieces(chat, messages)
        for (index, message) in messages.enumerated() {
          let range = try #require(chat.range(ofMessage: index))
          let landed = String(decoding: Array(chat.text.utf8)[range], as: UTF8.self)
          #expect(landed == message.content || landed == trimmed(message.content))
        }
      } else {
        let error = #expect(throws: TemplateError.self) {
          try template.render(messages, addGenerationPrompt: prompt)
        }
        #expect(error?.kind == .raised)
        #expect(example.error?.hasSuffix(error?.message ?? "?") == true)
      }
    }
  }

  private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

  @Test("A part of a message is found in the prompt by where it came from, not by what it says.")
  func offsets() throws {
    let template = try ChatTemplate(source: "the jar {{ messages[0].content | trim }} the jar{{ eos_token }}")
    let content = "  Open the jar é now. "
    let chat = try template.renderWithOffsets([.user(content)], addGenerationPrompt: true)
    let part = try #require(content.range(of: "jar é"))
    let bytes = content.utf8.distance(from: content.startIndex, to: part.lowerBound)
    let found = try #require(chat.range(of: bytes..<bytes + 6, inMessage: 0))
    #expect(String(decoding: Array(chat.text.utf8)[found], as: UTF8.self) == "jar é")
    #expect(found.lowerBound == 17)
    #expect(chat.range(ofMessage: 0) == 8..<28)
    #expect(chat.range(of: 0..<2, inMessage: 0) == nil)
    #expect(chat.range(ofMessage: 1) == nil)
  }

  @Test("Messages that are equal are told apart.")
  func equalMessages() throws {
    let template = try ChatTemplate(source: "{% for m in messages %}[{{ m.content }}]{% endfor %}")
    let chat = try template.renderWithOffsets([.user("same"), .user("same")], addGenerationPrompt: false)
    #expect(chat.range(ofMessage: 0) == 1..<5)
    #expect(chat.range(ofMessage: 1) == 7..<11)
  }

  @Test("The date is the given one, so a prompt does not depend on the day.")
  func clock() throws {
    var template = try ChatTemplate(source: "{{ strftime_now('%Y-%m-%d') }}")
    #expect(try template.render([], addGenerationPrompt: false) == "2024-07-26")
    template.clock = 0
    #expect(try template.render([], addGenerationPrompt: false) == "1970-01-01")
  }

  @Test(
    "A mistake in a template is an error that names its line.",
    arguments: [
      ("a\n{% if x %}", 2, TemplateError.Kind.syntax), ("{% endfor %}", 1, .syntax), ("\n\n{{ 1 + }}", 3, .syntax),
      ("{{ 'open }}", 1, .syntax), ("{{ x | nothing }}", 1, .unsupported), ("{% include 'a' %}", 1, .unsupported),
      ("{# never closed", 1, .syntax), ("{{ (1] }}", 1, .syntax), ("{% raw %}x", 1, .syntax), ("{{", 1, .syntax),
      ("{% for x in [1] %}{% else %}", 1, .syntax), ("{{ 1 is nothing }}", 1, .unsupported),
      ("{% break %}", 1, .syntax), ("{{ ((((1)))) ", 1, .syntax), ("{{ 99999999999999999999 }}", 1, .syntax),
    ])
  func syntax(source: String, line: Int, kind: TemplateError.Kind) {
    let error = #expect(throws: TemplateError.self) { try ChatTemplate(source: source) }
    #expect(error?.line == line)
    #expect(error?.kind == kind)
  }

  @Test(
    "A template that goes too far is stopped.",
    arguments: [
      "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
      "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
      "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
      "{{ 'x' * 9999999999 }}", "{{ range(999999999) }}", "{{ [1] * 9999999999 }}",
      "{{ 'x'.ljust(999999999999) }}",
      String(repeating: "{% if 1 %}", count: 3000),
      "{{ " + String(repeating: "(", count: 3000) + "1" + String(repeating: ")", count: 3000) + " }}",
      "{{ " + String(repeating: "not ", count: 3000) + "1 }}", "{{ 1" + String(repeating: " + 1", count: 30000) + " }}",
      "{{ x" + String(repeating: ".y", count: 30000) + " }}", "{{ 1" + String(repeating: " if 1", count: 30000) + " }}",
    ])
  func limits(source: String) {
    let error = #expect(throws: TemplateError.self) {
      try ChatTemplate(source: source).render([], addGenerationPrompt: false)
    }
    #expect(error?.kind == .limit)
  }

  @Test(
    "What cannot be evaluated is an error, never a crash.",
    arguments: [
      "{{ 1 // 0 }}", "{{ 1 % 0 }}", "{{ 1 / 0 }}", "{{ 9223372036854775807 + 1 }}", "{{ 2 ** 64 }}",
      "{{ (-9223372036854775807 - 1) // -1 }}", "{{ 3037000500 * 3037000500 }}", "{{ [][::0] }}", "{{ 1 < 'a' }}",
      "{{ 1() }}", "{{ 'a'.index('b') }}", "{{ 'a'.split('') }}", "{{ none | tojson(indent=-3) }}{{ 1 + none }}",
      "{{ range(1, 2, 0) }}", "{{ missing | tojson }}", "{% set messages.x = 1 %}", "{{ '%d' % 'x' }}",
      "{% for a, b in [1] %}{% endfor %}", "{{ {}.x.y }}", "{{ 1 is divisibleby 0 }}", "{{ '{' | format(1) }}",
    ])
  func values(source: String) {
    let error = #expect(throws: TemplateError.self) {
      try ChatTemplate(source: source).render([], addGenerationPrompt: false)
    }
    #expect(error?.kind == .value)
  }

  @Test("A tokenizer gives its template with its special tokens, or says that it has none.")
  func tokenizerTemplate() throws {
    var trainer = BytePairTrainer(vocabularySize: 258, specialTokens: ["<eot>", "<|user|>"])
    #expect(throws: TokenizerError.noChatTemplate(directory: "the tokenizer")) {
      try trainer.train(on: []).chatTemplate()
    }
    trainer.settings = TokenizerSettings(
      endToken: "<eot>", chatTemplate: "<|user|>{{ messages[0].content }}{{ eos_token }}{{ bos_token }}")
    let tokenizer = try trainer.train(on: [])
    let chat = try tokenizer.chatTemplate().renderWithOffsets([.user("hi <eot>")], addGenerationPrompt: true)
    #expect(chat.text == "<|user|>hi <eot><eot>")
    let tokens = tokenizer.encodeWithOffsets(chat.text, special: true)
    let range = try #require(chat.range(ofMessage: 0))
    #expect(tokens.tokens(covering: range) == 1..<5)
  }
}
