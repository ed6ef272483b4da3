import Foundation
import Tensor
import Testing
import Tokenizer

@Suite struct BytePairTrainerTests {
  @Test("Training gives the same tokenizer whatever the order of the texts.")
  func order() throws {
    let texts = sentences(400)
    var generator = RandomStream(seed: 9, purpose: "order").generator()
    let trainer = BytePairTrainer(vocabularySize: 370, specialTokens: ["<|end|>"])
    let first = try trainer.train(on: texts)
    let second = try trainer.train(on: texts.shuffled(using: &generator))
    #expect(first.digest == second.digest)
    #expect(first.vocabularySize == 370)
    #expect(first.id(of: "<|end|>") == 0)
  }

  @Test("The most frequent pair is merged first; of equals, the one whose bytes come first.")
  func ties() throws {
    let tokenizer = try BytePairTrainer(vocabularySize: 256 + 3).train(on: ["xy xy xy", "cd ab", "ab cd"])
    #expect(tokenizer.token(256) == "xy")
    #expect(tokenizer.token(257) == "Ġxy")
    #expect(tokenizer.token(258) == "ab")
  }

  @Test("Special tokens in the texts are not learnt from.")
  func specialTexts() throws {
    let texts = Array(repeating: "<|end|>ab", count: 10)
    let tokenizer = try BytePairTrainer(vocabularySize: 258, specialTokens: ["<|end|>"]).train(on: texts)
    #expect(tokenizer.token(257) == "ab")
    #expect(throws: TokenizerError.self) {
      try BytePairTrainer(vocabularySize: 259, specialTokens: ["<|end|>"]).train(on: texts)
    }
  }

  @Test("What is written is read back as the same tokenizer.")
  func files() throws {
    let scratch = try Scratch()
    var trainer = BytePairTrainer(vocabularySize: 300, specialTokens: ["<eot>", "<|\"é\n|>"])
    trainer.settings = TokenizerSettings(endToken: "<eot>", chatTemplate: "{{ messages[0].content }}")
    let tokenizer = try trainer.train(on: sentences(50))
    try tokenizer.write(to: scratch.url)
    let read = try Tokenizer.load(directory: scratch.url)
    #expect(read.digest == tokenizer.digest)
    #expect(read.settings == trainer.settings)
    #expect(read.eosID == 0)
    #expect(read.id(of: "<|\"é\n|>") == 1)
    #expect(read.encode("Ana paints <eot>", special: true) == tokenizer.encode("Ana paints <eot>", special: true))
  }

  @Test("A vocabulary that cannot be had is refused, with the size that can.")
  func refusals() {
    #expect(
      throws: TokenizerError.vocabularyOutOfReach(
        asked: 100, reached: 257, reason: "256 bytes and 1 special tokens need 257; ask for at least as many")
    ) {
      try BytePairTrainer(vocabularySize: 100, specialTokens: ["<eot>"]).train(on: ["a"])
    }
    #expect(throws: TokenizerError.self) { try BytePairTrainer(vocabularySize: 300).train(on: ["ab ab"]) }
    #expect(throws: TokenizerError.self) {
      try BytePairTrainer(vocabularySize: 300, specialTokens: ["<a>", "<a>"]).train(on: sentences(10))
    }
  }
}
