import Foundation

/// A tiktoken file: on each line a token's bytes in base64, a space, and its rank, which is its id too.
struct RankFile {
  let data: Data
  let file: String
  /// `pat_str` of tokenizer_config.json, if it has one.
  let pattern: String?

  /// What tiktoken's own encodings add to their files: the pattern, and the special tokens with their ids.
  private struct Encoding {
    let pattern: String
    /// The token that ends a text comes first.
    var special: [(content: String, id: Int)] = []
  }

  private var name: String { file.split(separator: "/").last.map(String.init) ?? file }

  /// Whether this is a file of Llama 3, which has a name that says nothing.
  private var isLlama3: Bool { name == "tokenizer.model" }

  /// Of Llama 3's special tokens those that all its versions have.
  private static let llama3Special = [
    ("<|end_of_text|>", 128_001), ("<|begin_of_text|>", 128_000), ("<|start_header_id|>", 128_006),
    ("<|end_header_id|>", 128_007), ("<|eot_id|>", 128_009),
  ]

  /// Whether some bytes look like such a file: Llama 3 has one under the name tokenizer.model.
  static func looksLike(_ data: Data) -> Bool {
    let line = data.prefix(1 << 10).prefix { $0 != 0x0A && $0 != 0x0D }
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    return parts.count == 2 && Data(base64Encoded: Data(parts[0]))?.isEmpty == false
      && Int(String(decoding: parts[1], as: UTF8.self)) != nil
  }

  func pipeline() throws -> Pipeline {
    var encoding = try encoding()
    var vocabulary = Vocabulary()
    var tokens = TokenTable()
    for (number, line) in TextLines(data).numbered {
      let (bytes, rank) = try entry(line, number)
      if let other = tokens.find(bytes) {
        throw TokenizerError.unexpectedValue(
          file: "\(file):\(number)", path: "token", expected: "a token that no line before has",
          found: "the bytes of token \(other)")
      }
      try vocabulary.insert(ByteAlphabet.spelling(of: bytes), id: rank, file: "\(file):\(number)", place: "token")
      tokens.insert(bytes, id: Int32(rank))
    }
    let symbols = try BytePairModel.byteSymbols(vocabulary, unknown: nil, file: file)
    if isLlama3, vocabulary.size == 128_000 { encoding.special = Self.llama3Special }
    let merges = PairTable(everyPairIn: tokens, rank: { Int($0) })
    var added: [AddedTokens.Token] = []
    for (content, id) in encoding.special {
      try vocabulary.insert(content, id: id, file: file, place: "the special tokens of this encoding")
      added.append(.init(id: id, content: content, isSpecial: true))
    }
    var defaults = TokenizerSettings()
    defaults.endToken = encoding.special.first?.content
    defaults.beginToken = encoding.special.first { $0.content == "<|begin_of_text|>" }?.content
    return Pipeline(
      vocabulary: vocabulary,
      model: .bytePair(BytePairModel(symbols: .bytes(symbols), merges: merges, words: tokens)),
      preTokenizers: [.split(.pattern(try Pattern(encoding.pattern, file: file, matchesLines: false)), .isolated)],
      added: added, decoder: TokenDecoder(steps: [.byteLevel]), defaults: defaults)
  }

  private func entry(_ line: ArraySlice<UInt8>, _ number: Int) throws -> (bytes: Data, rank: Int) {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 2, let bytes = Data(base64Encoded: Data(parts[0])), !bytes.isEmpty,
      let rank = Int(String(decoding: parts[1], as: UTF8.self))
    else {
      throw TokenizerError.unexpectedValue(
        file: "\(file):\(number)", path: "token", expected: "base64, a space, and a rank, as “aGU= 258”",
        found: "“\(String(decoding: line.prefix(80), as: UTF8.self))”")
    }
    return (bytes, rank)
  }

  /// The encoding, which the file itself does not name.
  private func encoding() throws -> Encoding {
    if let pattern { return Encoding(pattern: pattern) }
    let end = "<|endoftext|>"
    if name.hasPrefix("o200k_base") {
      return Encoding(pattern: SplitPattern.o200k, special: [(end, 199_999), ("<|endofprompt|>", 200_018)])
    }
    if name.hasPrefix("cl100k_base") {
      return Encoding(
        pattern: SplitPattern.cl100k,
        special: [
          (end, 100_257), ("<|fim_prefix|>", 100_258), ("<|fim_middle|>", 100_259), ("<|fim_suffix|>", 100_260),
          ("<|endofprompt|>", 100_276),
        ])
    }
    if name.hasPrefix("gpt2") || name.hasPrefix("r50k_base") || name.hasPrefix("p50k_base") {
      return Encoding(pattern: SplitPattern.gpt2, special: [(end, 50_256)])
    }
    if name.hasPrefix("qwen") { return Encoding(pattern: SplitPattern.qwen2) }
    if isLlama3 { return Encoding(pattern: SplitPattern.llama3) }
    throw TokenizerError.unsupported(
      file: file, path: "the file's name, which says how text is cut", found: name,
      supported: [
        "gpt2*", "r50k_base*", "p50k_base*", "cl100k_base*", "o200k_base*", "qwen*",
        "any name with `pat_str` in tokenizer_config.json",
      ])
  }
}

extension PairTable {
  /// The merges of a vocabulary without a list of them: any two tokens that make a third one merge.
  /// - Parameter rank: how early a token is made.
  init(everyPairIn tokens: TokenTable, rank: (Int32) -> Int) {
    var merges: [(left: Int32, right: Int32, merged: Int32)] = []
    for (entry, id) in tokens.ids.enumerated() {
      let bytes = tokens.names[entry]
      for cut in bytes.indices.dropFirst() {
        guard let left = tokens.find(bytes[..<cut]), let right = tokens.find(bytes[cut...]) else { continue }
        merges.append((left, right, id))
      }
    }
    self.init(capacity: merges.count)
    for merge in merges { insert(merge.left, merge.right, rank: rank(merge.merged), merged: merge.merged) }
  }
}
