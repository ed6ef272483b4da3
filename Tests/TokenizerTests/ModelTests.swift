import Foundation
import Tensor
import Testing
import Tokenizer

/// The fast ways give what the definitions say.
@Suite struct ModelTests {
  @Test("The unigram model finds the most probable of all ways to spell a word.")
  func unigram() throws {
    var generator = RandomStream(seed: 21, purpose: "unigram").generator()
    for _ in 0..<20 {
      // Some of the words of up to three letters of a small alphabet, each with a score.
      var scores: [String: Double] = [:]
      for first in ["a", "b", "é"] {
        for rest in ["", "a", "b", "ab", "éa", "bb"] where rest.isEmpty || generator.next() % 2 == 0 {
          scores[first + rest] = -Double(generator.next() % 10_000) / 1_000 - 0.001
        }
      }
      let tokens = scores.keys.sorted()
      let vocabulary = tokens.map { "[\"\($0)\", \(scores[$0] ?? 0)]" }.joined(separator: ", ")
      let json = #"{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], \#(vocabulary)]}}"#
      let tokenizer = try Tokenizer(files: ["tokenizer.json": Data(json.utf8)], source: "")
      func best(_ word: Substring) -> Double {
        if word.isEmpty { return 0 }
        return (1...min(3, word.count)).reduce(-.infinity) { most, length in
          guard let score = scores[String(word.prefix(length))] else { return most }
          return max(most, score + best(word.dropFirst(length)))
        }
      }
      for length in 1..<9 {
        let word = String((0..<length).map { _ in Array("abé")[Int(generator.next() % 3)] })
        let ids = tokenizer.encode(word)
        #expect(tokenizer.decode(ids) == word)
        let score = ids.reduce(0) { $0 + (scores[tokens[$1 - 1]] ?? 0) }
        #expect(abs(score - best(word[...])) < 1e-9, "\(word): \(ids.map { tokens[$0 - 1] })")
      }
    }
  }

  @Test("Words met before, in this text or another, on this thread or another, give the same tokens.")
  func memory() async throws {
    let directory = fixtures.appendingPathComponent("trained")
    let texts = try SourceTests.texts() + sentences(100)
    let expected = try texts.map { try Tokenizer.load(directory: directory).encode($0) }
    let tokenizer = try Tokenizer.load(directory: directory)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<3 {
            for (text, ids) in zip(texts, expected) {
              let tokens = tokenizer.encodeWithOffsets(text)
              guard tokenizer.encode(text) == ids, tokens.ids == ids else { return false }
              // Spans tile the text: each token's bytes are those of its span.
              let utf8 = Array(text.utf8)
              for (id, span) in zip(ids, tokens.spans) where tokenizer.bytes(of: [id]) != Array(utf8[span]) {
                return false
              }
            }
          }
          return true
        }
      }
      for try await isSame in group { #expect(isSame) }
    }
  }
}
