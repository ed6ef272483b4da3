/// Reads a model of type `BPE` from tokenizer.json.
struct BytePairReader {
  let model: JSONNode
  let isByteLevel: Bool

  func read(_ vocabulary: inout Vocabulary) throws -> BytePairModel {
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let value = try model[key]?.string(), !value.isEmpty {
        throw model.unsupported("\(key) “\(value)”", ["none"])
      }
    }
    if let dropout = model["dropout"], dropout.value.int != 0 {
      throw dropout.unsupported("dropout", ["null: equal texts must give equal tokens"])
    }
    try vocabulary.read(try model.require("vocab", "an object of tokens and ids"))
    let merges = try merges(vocabulary)
    var unknown: Int32?
    if let node = model["unk_token"] { unknown = vocabulary.id(of: try node.string()).map { Int32($0) } }
    let ignoresMerges = try model.flag("ignore_merges", default: false)
    return BytePairModel(
      symbols: isByteLevel
        ? .bytes(try BytePairModel.byteSymbols(vocabulary, unknown: unknown, file: model.file))
        : .characters(
          .init(
            tokens: vocabulary.table,
            fallback: try model.flag("byte_fallback", default: false) ? ByteFallback.ids(in: vocabulary) : nil,
            unknown: unknown, fusesUnknown: try model.flag("fuse_unk", default: false))),
      merges: merges, words: ignoresMerges ? words(vocabulary) : nil)
  }

  private func words(_ vocabulary: Vocabulary) -> TokenTable {
    isByteLevel ? vocabulary.byteTable : vocabulary.table
  }

  private func merges(_ vocabulary: Vocabulary) throws -> PairTable {
    let node = try model.require("merges", "a list of pairs")
    guard let items = node.value.array else { throw node.wrong("a list of pairs") }
    var table = PairTable(capacity: items.count)
    for (rank, item) in items.enumerated() {
      guard let (left, right) = pair(item) else {
        throw TokenizerError.unexpectedValue(
          file: node.file, path: "\(node.path)[\(rank)]", expected: "two tokens, as [\"a\", \"b\"] or \"a b\"",
          found: item.kind)
      }
      try table.insert(left, right, rank: rank, vocabulary, file: node.file, place: "\(node.path)[\(rank)]")
    }
    return table
  }

  private func pair(_ item: OrderedJSON) -> (left: Substring, right: Substring)? {
    switch item {
    case .array(let items):
      guard items.count == 2, let left = items[0].string, let right = items[1].string else { return nil }
      return (left[...], right[...])
    case .string(let text): return text.mergedPair
    default: return nil
    }
  }
}

extension StringProtocol {
  /// The two tokens of a merge that is written as “a b”; `nil` if this is none.
  var mergedPair: (left: SubSequence, right: SubSequence)? {
    // By bytes: a mark after the space would make one character with it.
    guard let space = utf8.firstIndex(of: 0x20), space > startIndex else { return nil }
    let after = utf8.index(after: space)
    guard after < endIndex, !utf8[after...].contains(0x20) else { return nil }
    return (self[..<space], self[after...])
  }
}

extension PairTable {
  /// Adds a merge of two tokens by their spellings.
  /// - Throws: `TokenizerError.mergeOutsideVocabulary` if either of them, or what they make, is no token.
  mutating func insert(
    _ left: some StringProtocol, _ right: some StringProtocol, rank: Int, _ vocabulary: Vocabulary, file: String,
    place: String
  ) throws {
    func find(_ text: String) throws -> Int32 {
      guard let id = vocabulary.id(of: text) else {
        throw TokenizerError.mergeOutsideVocabulary(
          file: file, place: place, left: String(left), right: String(right), missing: text)
      }
      return Int32(id)
    }
    insert(
      try find(String(left)), try find(String(right)), rank: rank, merged: try find(String(left) + String(right)))
  }
}

extension Vocabulary {
  /// A byte-level vocabulary's tokens by the bytes that they stand for.
  var byteTable: TokenTable {
    var table = TokenTable()
    for (entry, id) in ids.enumerated() {
      guard let bytes = ByteAlphabet.bytes(of: String(decoding: names[entry], as: UTF8.self)), !bytes.isEmpty else {
        continue
      }
      table.insert(bytes, id: id)
    }
    return table
  }
}

extension BytePairModel {
  /// The token of each byte in a byte-level vocabulary.
  /// - Throws: `TokenizerError.missingByte` if some text could not be encoded.
  static func byteSymbols(_ vocabulary: Vocabulary, unknown: Int32?, file: String) throws -> [Int32] {
    try (0..<256).map { byte in
      if let id = vocabulary.id(of: ByteAlphabet.spelling(of: [UInt8(byte)])) { return Int32(id) }
      // C0, C1 and F5 up never occur in UTF-8.
      if unknown == nil, byte != 0xC0, byte != 0xC1, byte < 0xF5 {
        throw TokenizerError.missingByte(file: file, byte: UInt8(byte))
      }
      return unknown ?? -1
    }
  }

  /// Whether a text may be cut before each “▁” that follows another character, because no token crosses such a place:
  /// then short words take the place of one long text, and the tokens stay the same.
  func mayCutAtMarks(_ vocabulary: Vocabulary) -> Bool {
    guard case .characters(let characters) = symbols else { return false }
    let mark = SentencePieceNormalizer.mark
    guard characters.tokens.find(mark) != nil else { return false }
    return vocabulary.ids.indices.allSatisfy { entry in
      let name = Array(vocabulary.names[entry])
      var lastEnd = 0
      for match in name.ranges(of: mark) {
        if match.lowerBound > lastEnd { return false }
        lastEnd = match.upperBound
      }
      return true
    }
  }
}
