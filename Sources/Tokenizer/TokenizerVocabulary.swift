import Foundation
import Tensor

/// A vocabulary that does not come from files of its own: GGUF files, for one, keep it among their metadata.
///
///     var vocabulary = TokenizerVocabulary(kind: "llama", tokens: tokens)
///     vocabulary.scores = scores
///     vocabulary.kinds = kinds
///     let tokenizer = try Tokenizer(vocabulary: vocabulary, source: "model.gguf")
package struct TokenizerVocabulary: Sendable, Equatable {
  /// The kind of model: `gpt2` (byte-level byte-pair encoding) or `llama` (SentencePiece byte-pair encoding).
  package var kind: String
  /// The tokens in the order of their ids, as the vocabulary spells them (`Ġthe`, `▁the`). `[tokens]`
  package var tokens: [String]
  /// The score of each token, which orders the merges of `llama`; the higher the earlier. `[tokens]`
  package var scores: [Float] = []
  /// What each token is for, as SentencePiece numbers it: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused,
  /// 6 byte; empty if all are normal. `[tokens]`
  package var kinds: [Int] = []
  /// The merges of `gpt2` in the order of their ranks, as “a b”.
  package var merges: [String] = []
  /// How `gpt2` cuts text, by the name that llama.cpp gives it: `default`, `gpt-2`, `llama-bpe`, `qwen2` ...
  package var preTokenizer = "default"
  /// The ids of tokens with a role.
  package var beginID: Int?
  package var endID: Int?
  package var unknownID: Int?
  package var paddingID: Int?
  /// Whether a wrapped text begins with `beginID`, and ends with `endID`.
  package var addsBegin = false
  package var addsEnd = false
  /// Whether `llama` puts a space before the text.
  package var addsSpacePrefix = true
  /// Whether `llama` drops spaces at the ends and makes one of several.
  package var removesExtraSpaces = false
  /// The source of the chat template (Jinja).
  package var chatTemplate: String?

  package init(kind: String, tokens: [String]) {
    self.kind = kind
    self.tokens = tokens
  }
}

extension TokenizerVocabulary {
  /// SHA-256 over everything that is in here.
  var digest: Digest {
    var hasher = Digest.Hasher()
    func add(_ text: String) { hasher.update(Data("\(text.utf8.count) \(text)\n".utf8)) }
    add("\(kind) \(preTokenizer)")
    add("\(tokens.count) tokens")
    for token in tokens { add(token) }
    add("\(scores.map(\.bitPattern))")
    add("\(kinds)")
    add("\(merges.count) merges")
    for merge in merges { add(merge) }
    for id in [beginID, endID, unknownID, paddingID] { add(id.map { String($0) } ?? "none") }
    add("\([addsBegin, addsEnd, addsSpacePrefix, removesExtraSpaces])")
    add(chatTemplate ?? "")
    return hasher.finalize()
  }
}
