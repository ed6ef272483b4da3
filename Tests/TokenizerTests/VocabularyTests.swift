import Foundation
import Tensor
import Testing
import Tokenizer

/// Vocabularies from elsewhere give what the same vocabularies give from their files.
@Suite struct VocabularyTests {
  /// GPT-2's kind, from the trained fixture.
  private func byteLevel(_ preTokenizer: String) throws -> (TokenizerVocabulary, Tokenizer) {
    let directory = fixtures.appendingPathComponent("trained")
    let file = try Data(contentsOf: directory.appendingPathComponent("tokenizer.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: file) as? [String: Any])
    let model = try #require(json["model"] as? [String: Any])
    let ids = try #require(model["vocab"] as? [String: Int])
    var vocabulary = TokenizerVocabulary(kind: "gpt2", tokens: ids.sorted { $0.value < $1.value }.map(\.key))
    vocabulary.merges = try #require(model["merges"] as? [[String]]).map { $0.joined(separator: " ") }
    vocabulary.kinds = vocabulary.tokens.indices.map { $0 < 4 ? 3 : 1 }
    vocabulary.preTokenizer = preTokenizer
    vocabulary.endID = 0
    return (vocabulary, try Tokenizer.load(directory: directory))
  }

  @Test("A byte-level vocabulary gives the ids of its tokenizer.json.")
  func byteLevelIDs() throws {
    let (vocabulary, expected) = try byteLevel("gpt-2")
    let tokenizer = try Tokenizer(vocabulary: vocabulary, source: "model.gguf")
    for text in try SourceTests.texts() + ["Ana opens the jar.<|end|>\n<eot>"] {
      for special in [false, true] {
        #expect(tokenizer.encode(text, special: special) == expected.encode(text, special: special))
      }
      #expect(tokenizer.decode(tokenizer.encode(text)).utf8.elementsEqual(text.utf8))
    }
    #expect(tokenizer.eosID == 0 && tokenizer.specialTokens.count == 4)
    #expect(tokenizer.digest != (try Tokenizer(vocabulary: byteLevel("default").0, source: "model.gguf")).digest)
  }

  @Test("Pre-tokenizers cut as their names say.")
  func preTokenizers() throws {
    func words(_ name: String, _ text: String) throws -> Int {
      // Only digits merge: so the number of tokens tells how numbers are cut.
      var vocabulary = TokenizerVocabulary(kind: "gpt2", tokens: try byteLevel(name).0.tokens)
      vocabulary.tokens += ["11", "111", "1111"]
      vocabulary.merges = ["1 1", "11 1", "11 11"]
      vocabulary.preTokenizer = name
      return try Tokenizer(vocabulary: vocabulary, source: "model.gguf").encode(text).count
    }
    #expect(try words("gpt-2", "1111") == 1)
    #expect(try words("llama-bpe", "1111") == 2)
    #expect(try words("qwen2", "1111") == 4)
    #expect(try words("default", "1111") == 2)
    #expect(try words("starcoder", "1111") == 4)
    #expect(throws: TokenizerError.self) { try words("nonsense", "1") }
  }

  @Test("A vocabulary with scores gives what SentencePiece gives.")
  func scores() throws {
    // Merges by score, as in the model: “▁ab” before “bc”.
    var vocabulary = TokenizerVocabulary(
      kind: "llama", tokens: ["<unk>", "<s>", "</s>", "▁", "a", "b", "c", "ab", "▁ab", "bc", "<tool>"])
    vocabulary.tokens += (0..<256).map { "<0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) + ">" }
    vocabulary.scores = [0, 0, 0, -9, -8, -7, -6, -1, -2, -3, 0] + Array(repeating: 0, count: 256)
    vocabulary.kinds = [2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 4] + Array(repeating: 6, count: 256)
    vocabulary.beginID = 1
    vocabulary.endID = 2
    vocabulary.addsBegin = true
    let tokenizer = try Tokenizer(vocabulary: vocabulary, source: "model.gguf")
    #expect(tokenizer.encode("abc") == [8, 6])
    #expect(tokenizer.encode("  bc", wrapped: true) == [1, 3, 3, 3, 9])
    #expect(tokenizer.encode("a<tool>é") == [3, 4, 10, 3, 11 + 0xC3, 11 + 0xA9])
    #expect(tokenizer.encode("<s>a", special: true) == [1, 3, 4])
    #expect(tokenizer.decode(tokenizer.encode("abc é")) == "abc é")
    vocabulary.addsSpacePrefix = false
    #expect(try Tokenizer(vocabulary: vocabulary, source: "model.gguf").encode("abc") == [7, 6])
    #expect(throws: TokenizerError.self) { try tokenizer.write(to: URL(fileURLWithPath: "/nonexistent")) }
  }

  @Test("A vocabulary's contradictions are refused with the entry.")
  func contradictions() throws {
    let good = try byteLevel("gpt-2").0
    func expectRefusal(_ parts: String..., change: (inout TokenizerVocabulary) -> Void) {
      var vocabulary = good
      change(&vocabulary)
      do {
        _ = try Tokenizer(vocabulary: vocabulary, source: "model.gguf")
        Issue.record("was read: \(parts)")
      } catch {
        for part in ["model.gguf"] + parts { #expect("\(error)".contains(part), "\(error)") }
      }
    }
    expectRefusal("bert", "gpt2, llama") { $0.kind = "bert" }
    expectRefusal("token types", "found 3") { $0.kinds = [1, 1, 1] }
    expectRefusal("token 9", "found 7") { $0.kinds[9] = 7 }
    expectRefusal("token 9", "token 8 too") { $0.tokens[9] = $0.tokens[8] }
    expectRefusal("merge 2", "“ab”") { $0.merges[2] = "ab" }
    expectRefusal("merge 2", "“q”") { $0.merges[2] = "q q" }
    expectRefusal("the end token", "99999") { $0.endID = 99_999 }
    expectRefusal("no token for byte") { $0.tokens[100] = "another" }
    expectRefusal("scores") { $0.kind = "llama" }
    expectRefusal("score of token 5") {
      $0.kind = "llama"
      $0.scores = $0.tokens.map { _ in 0 }
      $0.scores[5] = .nan
    }
  }
}

extension VocabularyTests {
  @Test("A GGUF file has the ids and the chat template of the tokenizer that it was made from.")
  func gguf() throws {
    let file = fixtures.deletingLastPathComponent().appending(path: "gguf/whole.gguf")
    let tokenizer = try Tokenizer.load(from: file)
    let expected = try Tokenizer.load(from: fixtures.appendingPathComponent("trained"))
    for text in try SourceTests.texts() + ["Ana opens the jar.<|end|>\n<eot>"] {
      #expect(tokenizer.encode(text, special: true) == expected.encode(text, special: true))
    }
    #expect(tokenizer.eosID == expected.eosID)
    let chat: [ChatMessage] = [.user("Hello"), .assistant("Yes?")]
    let ours = try Tokenizer.chatTemplate(of: file).render(chat, addGenerationPrompt: true)
    #expect(ours == (try expected.chatTemplate().render(chat, addGenerationPrompt: true)))
  }

  @Test("A GGUF file of weights alone has no tokenizer, and says so.")
  func weightsAlone() throws {
    for (kind, isThere) in [("none", false), ("no_vocab", false), ("gpt2", true), (nil, false)] {
      let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gguf")
      defer { try? FileManager.default.removeItem(at: file) }
      try GGUFWriter.write(
        metadata: [("general.architecture", .text("llama"))]
          + (kind.map { [("tokenizer.ggml.model", .text($0))] } ?? []),
        tensors: [("w", Tensor([2], [1, 2]))], to: file.path)
      #expect(Tokenizer.isPresent(at: file) == isThere, "\(kind ?? "no kind")")
    }
  }
}
