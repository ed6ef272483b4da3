/// Makes a pipeline of a `TokenizerVocabulary`.
struct VocabularyReader {
  let vocabulary: TokenizerVocabulary
  /// What errors call the place that it comes from.
  let source: String

  func pipeline() throws -> Pipeline {
    for (name, count) in [("scores", vocabulary.scores.count), ("token types", vocabulary.kinds.count)] {
      guard count == 0 || count == vocabulary.tokens.count else {
        throw wrong(name, "one for each of \(vocabulary.tokens.count) tokens", "\(count)")
      }
    }
    var pipeline: Pipeline
    switch vocabulary.kind {
    case "gpt2": pipeline = try byteLevel()
    case "llama": pipeline = try sentencePiece()
    default:
      throw TokenizerError.unsupported(
        file: source, path: "the kind of vocabulary", found: vocabulary.kind, supported: ["gpt2", "llama"])
    }
    func role(_ id: Int?, _ name: String) throws -> String? {
      guard let id else { return nil }
      guard vocabulary.tokens.indices.contains(id) else {
        throw wrong("the \(name) token", "an id from 0 to \(vocabulary.tokens.count - 1)", "\(id)")
      }
      return vocabulary.tokens[id]
    }
    pipeline.defaults = TokenizerSettings(
      beginToken: try role(vocabulary.beginID, "begin"), endToken: try role(vocabulary.endID, "end"),
      paddingToken: try role(vocabulary.paddingID, "padding"),
      unknownToken: try role(vocabulary.unknownID, "unknown"), addsBegin: vocabulary.addsBegin,
      addsEnd: vocabulary.addsEnd, chatTemplate: vocabulary.chatTemplate)
    return pipeline
  }

  private func wrong(_ path: String, _ expected: String, _ found: String) -> TokenizerError {
    .unexpectedValue(file: source, path: path, expected: expected, found: found)
  }

  private func kind(of id: Int) throws -> SentencePieceFile.Piece.Kind {
    guard !vocabulary.kinds.isEmpty else { return .normal }
    guard let kind = SentencePieceFile.Piece.Kind(rawValue: vocabulary.kinds[id]) else {
      throw wrong("the type of token \(id)", "a type from 1 to 6", "\(vocabulary.kinds[id])")
    }
    return kind
  }

  private func byteLevel() throws -> Pipeline {
    guard let patterns = SplitPattern.named(vocabulary.preTokenizer) else {
      throw TokenizerError.unsupported(
        file: source, path: "the pre-tokenizer", found: vocabulary.preTokenizer, supported: SplitPattern.names)
    }
    var tokens = Vocabulary()
    var added: [AddedTokens.Token] = []
    for (id, token) in vocabulary.tokens.enumerated() {
      if let other = tokens.id(of: token) {
        throw wrong("token \(id)", "a token that is there once", "“\(token)”, which is token \(other) too")
      }
      try tokens.insert(token, id: id, file: source, place: "token \(id)")
      switch try kind(of: id) {
      case .control, .unknown: added.append(.init(id: id, content: token, isSpecial: true))
      case .userDefined: added.append(.init(id: id, content: token))
      default: break
      }
    }
    var table = PairTable(capacity: vocabulary.merges.count)
    for (rank, merge) in vocabulary.merges.enumerated() {
      guard let (left, right) = merge.mergedPair else {
        throw wrong("merge \(rank)", "two tokens with one space between them", "“\(merge)”")
      }
      try table.insert(left, right, rank: rank, tokens, file: source, place: "merge \(rank)")
    }
    // Llama 3's vocabulary has words that no merges lead to.
    let ignoresMerges = ["llama-bpe", "llama3", "llama-v3"].contains(vocabulary.preTokenizer)
    return Pipeline(
      vocabulary: tokens,
      model: .bytePair(
        BytePairModel(
          symbols: .bytes(try BytePairModel.byteSymbols(tokens, unknown: nil, file: source)), merges: table,
          words: ignoresMerges ? tokens.byteTable : nil)),
      preTokenizers: try patterns.map { .split(.pattern(try Pattern($0, file: source)), .isolated) },
      added: added, decoder: TokenDecoder(steps: [.byteLevel]))
  }

  private func sentencePiece() throws -> Pipeline {
    guard !vocabulary.scores.isEmpty else {
      throw wrong("scores", "one for each of \(vocabulary.tokens.count) tokens", "none")
    }
    var pieces: [SentencePieceFile.Piece] = []
    for (id, token) in vocabulary.tokens.enumerated() {
      let score = vocabulary.scores[id]
      guard score.isFinite else { throw wrong("the score of token \(id)", "a number", "\(score)") }
      var kind = try kind(of: id)
      // Files without types say only by its role which token is the unknown one; unused tokens are spelled as others.
      if vocabulary.kinds.isEmpty, id == vocabulary.unknownID { kind = .unknown }
      if kind == .unused { kind = .normal }
      pieces.append(.init(text: token, score: score, kind: kind))
    }
    var assembly = try SentencePieceAssembly(pieces, file: source)
    assembly.addsDummySpace = vocabulary.addsSpacePrefix
    assembly.removesExtraSpaces = vocabulary.removesExtraSpaces
    assembly.hasByteFallback = pieces.contains { $0.kind == .byte }
    assembly.cutsAtUserDefined = true
    return try assembly.bytePair()
  }
}
