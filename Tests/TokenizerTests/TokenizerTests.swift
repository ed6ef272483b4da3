import Foundation
import Tensor
import Testing
import Tokenizer

@Suite struct TokenizerTests {
  let tokenizer: Tokenizer

  init() throws {
    var trainer = BytePairTrainer(vocabularySize: 370, specialTokens: ["<eot>", "<|end|>", "<|user|>"])
    trainer.settings.endToken = "<eot>"
    tokenizer = try trainer.train(on: sentences(300))
  }

  @Test("Decoding gives back every text, whatever its characters.")
  func roundTrip() {
    var generator = RandomStream(seed: 3, purpose: "round trip").generator()
    for length in 0..<200 {
      let text = randomText(&generator, length: length)
      #expect(Array(tokenizer.decode(tokenizer.encode(text)).utf8) == Array(text.utf8))
    }
  }

  @Test("Offsets tile the text, and each token's bytes are those of its span.")
  func offsets() {
    var generator = RandomStream(seed: 4, purpose: "offsets").generator()
    for length in 0..<100 {
      let text = randomText(&generator, length: length)
      let tokens = tokenizer.encodeWithOffsets(text)
      #expect(tokens.ids == tokenizer.encode(text))
      var end = 0
      let utf8 = Array(text.utf8)
      for (id, span) in zip(tokens.ids, tokens.spans) {
        #expect(span.lowerBound == end)
        #expect(tokenizer.bytes(of: [id]) == Array(utf8[span]))
        end = span.upperBound
      }
      #expect(end == utf8.count)
    }
  }

  @Test("Special tokens come from a text only when they are asked for.")
  func specialTokens() throws {
    let text = "<|user|>Hello<|end|><eot>"
    let plain = tokenizer.encode(text)
    #expect(!plain.contains { tokenizer.isSpecial($0) })
    #expect(tokenizer.decode(plain) == text)
    let parsed = tokenizer.encodeWithOffsets(text, special: true)
    #expect(parsed.ids.first == tokenizer.id(of: "<|user|>"))
    #expect(parsed.ids.suffix(2) == [try #require(tokenizer.id(of: "<|end|>")), try #require(tokenizer.eosID)])
    #expect(parsed.spans.first == 0..<8)
    #expect(tokenizer.decode(parsed.ids) == text)
    #expect(tokenizer.decode(parsed.ids, skipSpecial: true) == "Hello")
    #expect(tokenizer.specialTokens.map(\.content) == ["<eot>", "<|end|>", "<|user|>"])
  }

  @Test("A text decoded token by token equals the text decoded at once, and no piece ends inside a character.")
  func streaming() {
    var generator = RandomStream(seed: 5, purpose: "streaming").generator()
    for _ in 0..<100 {
      let text = randomText(&generator, length: 40)
      var decoder = tokenizer.streamingDecoder()
      var pieces = tokenizer.encode(text).map { decoder.append($0) }
      #expect(!pieces.contains { $0.unicodeScalars.contains("\u{FFFD}") } || text.unicodeScalars.contains("\u{FFFD}"))
      pieces.append(decoder.finish())
      #expect(Array(pieces.joined().utf8) == Array(text.utf8))
      // Any ids at all, most of which are not valid text.
      let ids = (0..<40).map { _ in Int(generator.next() % 370) }
      var other = tokenizer.streamingDecoder()
      let joined = ids.map { other.append($0) }.joined() + other.finish()
      #expect(Array(joined.utf8) == Array(tokenizer.decode(ids).utf8))
    }
  }

  @Test("A named span of the text is found as tokens.")
  func spans() throws {
    let text = "Ana opens the jar."
    let tokens = tokenizer.encodeWithOffsets(text)
    let found = try #require(tokens.tokens(covering: 10..<17))
    #expect(tokenizer.decode(Array(tokens.ids[found])).contains("the jar"))
    #expect(tokens.tokens(covering: 30..<40) == nil)
  }

  @Test("Long words are merged as short ones are: the heap and the scan do what the definition says.")
  func longWords() throws {
    let scratch = try Scratch()
    try tokenizer.write(to: scratch.url)
    let file = try Data(contentsOf: scratch.url.appendingPathComponent("tokenizer.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: file) as? [String: Any])
    let merges = try #require((json["model"] as? [String: Any])?["merges"] as? [[String]])
    var generator = RandomStream(seed: 6, purpose: "long words").generator()
    for length in [1, 2, 10, 40, 41, 60, 200, 1000] {
      let word = String((0..<length).map { _ in Array("thecaknowsj")[Int(generator.next() % 11)] })
      var symbols = word.map { String($0) }
      for merge in merges {
        var index = 0
        while index + 1 < symbols.count {
          if symbols[index] == merge[0], symbols[index + 1] == merge[1] {
            symbols.replaceSubrange(index...index + 1, with: [merge[0] + merge[1]])
          }
          index += 1
        }
      }
      #expect(tokenizer.encode(word) == symbols.compactMap { tokenizer.id(of: $0) })
    }
  }

  @Test("Tokens are shown with their spaces, their line ends and their bytes.")
  func display() throws {
    #expect(tokenizer.displayString(try #require(tokenizer.id(of: "Ġthe"))) == "␣the")
    #expect(tokenizer.displayString(try #require(tokenizer.id(of: "Ċ"))) == "⏎")
    #expect(tokenizer.displayString(try #require(tokenizer.encode("é").first)) == "\\xC3")
    #expect(tokenizer.displayString(0) == "<eot>")
    #expect(tokenizer.displayString(4000) == "⟨4000⟩")
    #expect(tokenizer.token(4000) == nil)
    #expect(tokenizer.id(of: "nothing of the kind") == nil)
  }
}
