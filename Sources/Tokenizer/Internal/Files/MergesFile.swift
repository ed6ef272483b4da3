import Foundation

/// GPT-2's two files: vocab.json has the tokens and ids, merges.txt a merge a line in the order of their ranks.
struct MergesFile {
  let vocabulary: JSONNode
  let merges: Data
  /// What errors call merges.txt.
  let file: String

  func pipeline() throws -> Pipeline {
    var tokens = Vocabulary()
    try tokens.read(vocabulary)
    let lines = TextLines(merges)
    var table = PairTable(capacity: merges.count / 6)
    var rank = 0
    for (number, line) in lines.numbered {
      if number == 1, line.starts(with: "#version".utf8) { continue }
      let text = String(validating: line, as: UTF8.self)
      guard let text, let (left, right) = text.mergedPair else {
        throw TokenizerError.unexpectedValue(
          file: "\(file):\(number)", path: "merge", expected: "two tokens with one space between them",
          found: "“\(String(decoding: line.prefix(80), as: UTF8.self))”")
      }
      try table.insert(left, right, rank: rank, tokens, file: "\(file):\(number)", place: "the merge")
      rank += 1
    }
    var defaults = TokenizerSettings()
    var added: [AddedTokens.Token] = []
    // GPT-2's own files do not say that this token is special.
    if let id = tokens.id(of: "<|endoftext|>") {
      added.append(.init(id: id, content: "<|endoftext|>", isSpecial: true))
      defaults.endToken = "<|endoftext|>"
    }
    return Pipeline(
      vocabulary: tokens,
      model: .bytePair(
        BytePairModel(
          symbols: .bytes(try BytePairModel.byteSymbols(tokens, unknown: nil, file: vocabulary.file)),
          merges: table, words: nil)),
      preTokenizers: [.split(.pattern(try Pattern(SplitPattern.gpt2, file: file)), .isolated)],
      added: added, decoder: TokenDecoder(steps: [.byteLevel]), defaults: defaults)
  }
}
