import Foundation

/// Learns a byte-level byte-pair encoding from texts (Sennrich et al. 2016; bytes as of Radford et al. 2019).
///
///     var trainer = BytePairTrainer(vocabularySize: 1280, specialTokens: ["<eot>", "<|user|>", "<|end|>"])
///     trainer.settings.endToken = "<eot>"
///     let tokenizer = try trainer.train(on: texts)
///     try tokenizer.write(to: directory)              // tokenizer.json, tokenizer_config.json
///
/// Ids: the special tokens in their order, the 256 bytes, then the merges as they were learnt. The result depends only
/// on how often each word occurs, not on the order of the texts: ties go to the pair whose bytes come first.
public struct BytePairTrainer: Sendable {
  /// How many tokens to make, special ones and the 256 bytes included.
  public var vocabularySize: Int
  /// Tokens that stand for themselves: never learnt from, never cut.
  public var specialTokens: [String]
  /// A pair seen less often is not merged.
  public var minimumCount = 2
  /// What tokenizer_config.json is to say.
  public var settings = TokenizerSettings()

  /// A trainer for a vocabulary of that size.
  public init(vocabularySize: Int, specialTokens: [String] = []) {
    self.vocabularySize = vocabularySize
    self.specialTokens = specialTokens
  }

  /// Learns from texts. Special tokens that occur in them only separate what is around them.
  ///
  /// - Throws: `TokenizerError.vocabularyOutOfReach` if the texts have too few pairs for the vocabulary, or the
  ///   vocabulary is too small for bytes and special tokens; `conflictingTokens` if a special token is given twice.
  public func train(on texts: some Sequence<String>) throws -> Tokenizer {
    let base = specialTokens.count + 256
    guard vocabularySize >= base else {
      throw TokenizerError.vocabularyOutOfReach(
        asked: vocabularySize, reached: base,
        reason: "256 bytes and \(specialTokens.count) special tokens need \(base); ask for at least as many")
    }
    for (index, token) in specialTokens.enumerated() {
      if let twin = specialTokens[..<index].firstIndex(where: { $0.utf8.elementsEqual(token.utf8) }) {
        throw TokenizerError.conflictingTokens(file: "special tokens", first: token, second: token, id: twin)
      }
    }
    var counter = try WordCounter(specialTokens: specialTokens)
    for text in texts { try counter.add(text) }
    var learner = MergeLearner(words: counter.words)
    let merges = learner.learn(vocabularySize - base, minimumCount: minimumCount)
    guard merges.count == vocabularySize - base else {
      throw TokenizerError.vocabularyOutOfReach(
        asked: vocabularySize, reached: base + merges.count,
        reason: "no other pair of tokens occurs \(minimumCount) times; give more text or ask for fewer tokens")
    }
    let writer = TokenizerWriter(specialTokens: specialTokens, merges: merges, settings: settings)
    return try Tokenizer(files: writer.files(), source: "")
  }
}
