import Foundation
import Testing
import Tokenizer

@Suite struct TokenizerConformanceTests {
  private struct Case: Decodable {
    let text: String
    let ids: [Int]
  }

  @Test(
    "Published vocabularies give the published ids.", .enabled(if: conformanceHas("tokenizers")),
    arguments: ["gpt-2", "qwen2", "llama-spm"])
  func publishedIDs(name: String) throws {
    let directory = conformance.appendingPathComponent("tokenizers/\(name)")
    let tokenizer = try Tokenizer.load(directory: directory)
    let cases = try JSONDecoder().decode(
      [Case].self, from: Data(contentsOf: directory.appendingPathComponent("cases.json")))
    #expect(cases.count > 40)
    for example in cases {
      let ids = tokenizer.encode(example.text)
      #expect(ids == example.ids, "\(example.text.debugDescription)")
      #expect(tokenizer.decode(ids) == example.text)
      let tokens = tokenizer.encodeWithOffsets(example.text)
      #expect(tokens.ids == ids)
      #expect(tokens.spans.first?.lowerBound ?? 0 == 0)
      #expect(tokens.spans.last?.upperBound ?? 0 == example.text.utf8.count)
      for (a, b) in zip(tokens.spans, tokens.spans.dropFirst()) { #expect(a.upperBound == b.lowerBound) }
    }
  }

  @Test(
    "The same vocabularies give the same ids from every other format.", .enabled(if: conformanceHas("tokenizers")),
    arguments: ["gpt-2", "qwen2"])
  func otherFormats(name: String) throws {
    let directory = conformance.appendingPathComponent("tokenizers/\(name)")
    let expected = try Tokenizer.load(directory: directory)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: directory.appendingPathComponent("tokenizer.json")))
        as? [String: Any])
    let model = try #require(json["model"] as? [String: Any])
    let ids = try #require(model["vocab"] as? [String: Int])
    let pairs = try #require(model["merges"] as? [Any])
    let merges = pairs.map { ($0 as? [String])?.joined(separator: " ") ?? "\($0)" }
    let special = expected.specialTokens.map(\.content)

    var vocabulary = TokenizerVocabulary(
      kind: "gpt2", tokens: (0..<expected.vocabularySize).map { expected.token($0) ?? "[unused \($0)]" })
    vocabulary.merges = merges
    vocabulary.preTokenizer = name
    vocabulary.kinds = vocabulary.tokens.map { special.contains($0) ? 3 : 1 }
    var others = [("vocabulary", try Tokenizer(vocabulary: vocabulary, source: "\(name).gguf"))]

    // The bytes of each token, as this tokenizer decodes it.
    let ranks = ids.values.sorted().filter { !expected.isSpecial($0) }.map { id in
      "\(Data(expected.bytes(of: [id])).base64EncodedString()) \(id)\n"
    }
    let file = name == "gpt-2" ? "gpt2.tiktoken" : "qwen.tiktoken"
    others.append(("tiktoken", try Tokenizer(files: [file: Data(ranks.joined().utf8)], source: name)))

    if name == "gpt-2" {
      let files = [
        "vocab.json": try JSONSerialization.data(withJSONObject: ids),
        "merges.txt": Data(("#version: 0.2\n" + merges.joined(separator: "\n") + "\n").utf8),
      ]
      others.append(("merges.txt", try Tokenizer(files: files, source: name)))
    }
    let cases = try JSONDecoder().decode(
      [Case].self, from: Data(contentsOf: directory.appendingPathComponent("cases.json")))
    for (format, tokenizer) in others {
      #expect(tokenizer.vocabularySize >= ids.count)
      // Only tokenizer.json says that Qwen composes characters first.
      for example in cases {
        guard example.text.utf8.elementsEqual(example.text.precomposedStringWithCanonicalMapping.utf8) else { continue }
        #expect(tokenizer.encode(example.text) == example.ids, "\(format): \(example.text.debugDescription)")
        #expect(tokenizer.decode(example.ids) == example.text)
      }
    }
  }
}
