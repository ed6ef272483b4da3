/// Makes a pipeline of SentencePiece's kind out of pieces, wherever they come from.
struct SentencePieceAssembly {
  let file: String
  let pieces: [SentencePieceFile.Piece]
  var isSpaceSuffix = false
  var addsDummySpace = true
  var removesExtraSpaces = true
  var escapesSpaces = true
  var hasByteFallback = false
  var unknownSurface = " \u{2047} "
  var charsmap: Charsmap?
  /// Whether user-defined pieces are looked for before the text is normalized, each part of the text then being a
  /// text of its own: llama.cpp's way. SentencePiece leaves them in place.
  var cutsAtUserDefined = false

  private let vocabulary: Vocabulary
  private let unknown: Int32

  /// - Throws: `TokenizerError` if two pieces are the same, or not exactly one is the unknown one.
  init(_ pieces: [SentencePieceFile.Piece], file: String) throws {
    var vocabulary = Vocabulary()
    var unknown: Int32?
    for (id, piece) in pieces.enumerated() {
      if let other = vocabulary.id(of: piece.text) {
        throw TokenizerError.unexpectedValue(
          file: file, path: "pieces[\(id)]", expected: "a piece that is there once",
          found: "“\(piece.text)”, which is piece \(other) too")
      }
      try vocabulary.insert(piece.text, id: id, file: file, place: "pieces[\(id)]")
      guard piece.kind == .unknown else { continue }
      if let unknown {
        throw TokenizerError.unexpectedValue(
          file: file, path: "pieces[\(id)]", expected: "one unknown piece", found: "a second one after piece \(unknown)"
        )
      }
      unknown = Int32(id)
    }
    guard let unknown else {
      throw TokenizerError.unexpectedValue(
        file: file, path: "pieces", expected: "one of type UNKNOWN", found: "none")
    }
    self.file = file
    self.pieces = pieces
    self.vocabulary = vocabulary
    self.unknown = unknown
  }

  /// The pieces that text can become, by their bytes.
  private var spelled: TokenTable {
    var table = TokenTable()
    for (id, piece) in pieces.enumerated() where piece.kind.isSpelled {
      table.insert(Array(piece.text.utf8), id: Int32(id))
    }
    return table
  }

  private var userDefined: [(bytes: ArraySlice<UInt8>, id: Int32)] {
    pieces.enumerated().filter { $0.element.kind == .userDefined }.map {
      (Array($0.element.text.utf8)[...], Int32($0.offset))
    }
  }

  private func fallback() throws -> [Int32]? {
    guard hasByteFallback else { return nil }
    let ids = ByteFallback.ids(in: vocabulary)
    if let byte = ids.firstIndex(of: -1) { throw TokenizerError.missingByte(file: file, byte: UInt8(byte)) }
    return ids
  }

  /// Byte-pair encoding: of all neighbours that make a piece, those with the highest score merge first.
  func bytePair() throws -> Pipeline {
    if let unused = pieces.firstIndex(where: { $0.kind == .unused }) {
      throw TokenizerError.unsupported(
        file: file, path: "pieces[\(unused)]", found: "an unused piece of a BPE model", supported: ["other types"])
    }
    let tokens = spelled
    // Equal scores have equal ranks: then the leftmost pair merges first.
    let scores = Set(pieces.filter(\.kind.isSpelled).map(\.score)).sorted(by: >)
    let rank = Dictionary(uniqueKeysWithValues: scores.enumerated().map { ($1, $0) })
    let merges = PairTable(everyPairIn: tokens) { rank[pieces[Int($0)].score] ?? 0 }
    var words: TokenTable?
    var steps: [PreTokenizer] = []
    let user = cutsAtUserDefined ? [] : userDefined
    if !user.isEmpty {
      var table = TokenTable()
      for entry in user { table.insert(entry.bytes, id: entry.id) }
      words = table
      steps.append(.isolate(ByteTrie(user)))
    }
    let characters = BytePairModel.Characters(
      tokens: tokens, fallback: try fallback(), unknown: unknown, fusesUnknown: true)
    let model = BytePairModel(symbols: .characters(characters), merges: merges, words: words)
    if model.mayCutAtMarks(vocabulary) { steps.append(.markStarts(mark: SentencePieceNormalizer.mark)) }
    return pipeline(.bytePair(model), steps)
  }

  /// The unigram model.
  func unigram() throws -> Pipeline {
    let normal = pieces.filter { $0.kind == .normal }.map(\.score)
    let (lowest, highest) = (normal.min() ?? 0, normal.max() ?? 0)
    let scores = pieces.map { piece in
      // A user-defined piece is to win over every other way to spell it.
      piece.kind == .userDefined ? Float(piece.text.utf8.count) * highest - 0.1 : piece.score
    }
    let entries = pieces.enumerated().filter { $0.element.kind == .normal || $0.element.kind == .userDefined }
    let model = UnigramModel(
      trie: ByteTrie(entries.map { (Array($0.element.text.utf8)[...], Int32($0.offset)) }),
      scores: scores.map(Double.init), lowest: Double(lowest), unknown: unknown, fallback: try fallback(),
      isSinglePrecision: true)
    return pipeline(.unigram(model), [])
  }

  private func pipeline(_ model: TokenModel, _ steps: [PreTokenizer]) -> Pipeline {
    var normalizer = SentencePieceNormalizer()
    normalizer.charsmap = charsmap
    if !cutsAtUserDefined, !userDefined.isEmpty { normalizer.verbatim = ByteTrie(userDefined) }
    normalizer.addsDummySpace = addsDummySpace
    normalizer.removesExtraSpaces = removesExtraSpaces
    normalizer.escapesSpaces = escapesSpaces
    normalizer.isSpaceSuffix = isSpaceSuffix
    var added: [AddedTokens.Token] = []
    for (id, piece) in pieces.enumerated() {
      if piece.kind == .control { added.append(.init(id: id, content: piece.text, isSpecial: true)) }
      if piece.kind == .userDefined, cutsAtUserDefined { added.append(.init(id: id, content: piece.text)) }
    }
    var decoder = TokenDecoder(steps: [.byteFallback, .replace(SentencePieceNormalizer.mark, with: [0x20])])
    decoder.surfaces = [Int(unknown): Array(unknownSurface.utf8)]
    if removesExtraSpaces {
      decoder.leading = LeadingSpaces(fromEach: true)
    } else if addsDummySpace {
      decoder.leading = LeadingSpaces(limit: 1)
    }
    return Pipeline(
      vocabulary: vocabulary, model: model, normalizer: .sentencePiece(normalizer), preTokenizers: steps,
      added: added, decoder: decoder)
  }
}
