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
}
