/// Reads `model` and `added_tokens` of tokenizer.json.
struct ModelReader {
  let root: JSONNode
  let isByteLevel: Bool

  /// Ids above this are refused: they would only make tables large.
  private static let largestID = 1 << 24

  /// All spellings, of the model's tokens first and then of those that were added.
  private(set) var names = ByteTable()
  /// The id of each name.
  private(set) var ids: [Int32] = []
  /// For each id its name, or -1.
  private(set) var nameOfID: [Int32] = []
  private(set) var added: [AddedTokens.Token] = []

  init(root: JSONNode, isByteLevel: Bool) {
    self.root = root
    self.isByteLevel = isByteLevel
  }

  /// Reads everything in order.
  mutating func read() throws -> BytePairModel {
    let model = try root.require("model", "an object")
    // Files from before 2020 leave the type out.
    let kind = try model["type"]?.string() ?? (model["merges"] != nil ? "BPE" : "a model without type")
    guard kind == "BPE" else { throw model.unsupported(kind, ["BPE"]) }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let value = try model[key]?.string(), !value.isEmpty {
        throw model.unsupported("\(key) “\(value)”", ["none"])
      }
    }
    try readVocabulary(model)
    let modelTokens = names.count
    try readAdded()
    let merges = try readMerges(model)
    let unknown = try model["unk_token"]?.string()
    let unknownID = unknown.flatMap { names.find($0) }.map { ids[$0] }
    var words: ByteTable?
    var wordIDs: [Int32] = []
    if try model.flag("ignore_merges", default: false) {
      var table = ByteTable()
      for name in 0..<modelTokens {
        let text = String(decoding: names[name], as: UTF8.self)
        let bytes = isByteLevel ? ByteAlphabet.bytes(of: text) ?? [] : Array(text.utf8)
        guard !bytes.isEmpty else { continue }
        let entry = bytes.withUnsafeBufferPointer { table.insert($0) }
        if entry == wordIDs.count { wordIDs.append(ids[name]) }
      }
      words = table
    }
    return BytePairModel(
      symbols: try symbols(model, unknown: unknownID), merges: merges, words: words, vocabulary: names, ids: ids,
      wordIDs: wordIDs, unknown: unknownID, fusesUnknown: try model.flag("fuse_unk", default: false))
  }

  private mutating func assign(_ name: String, id: Int, at node: JSONNode) throws {
    guard (0..<Self.largestID).contains(id) else { throw node.wrong("an id from 0 to \(Self.largestID - 1)") }
    let entry = names.insert(name)
    if entry < ids.count {
      guard ids[entry] == Int32(id) else {
        throw TokenizerError.unexpectedValue(
          file: node.file, path: node.path, expected: "“\(name)” to keep its id \(ids[entry])", found: "the id \(id)")
      }
      return
    }
    while nameOfID.count <= id { nameOfID.append(-1) }
    if nameOfID[id] >= 0 {
      let first = String(decoding: names[Int(nameOfID[id])], as: UTF8.self)
      throw TokenizerError.conflictingTokens(file: node.file, first: first, second: name, id: id)
    }
    nameOfID[id] = Int32(entry)
    ids.append(Int32(id))
  }

  private mutating func readVocabulary(_ model: JSONNode) throws {
    let node = try model.require("vocab", "an object of tokens and ids")
    guard let members = node.value.members else { throw node.wrong("an object of tokens and ids") }
    for member in members {
      guard let id = member.value.int else {
        throw TokenizerError.unexpectedValue(
          file: node.file, path: "\(node.path)[“\(member.key)”]", expected: "a whole number", found: member.value.kind)
      }
      try assign(member.key, id: id, at: node)
    }
  }

  private mutating func readAdded() throws {
    for node in try root["added_tokens"]?.array() ?? [] {
      let content = try node.require("content", "a text").string()
      let id = try node.require("id", "a whole number").int()
      try assign(content, id: id, at: node)
      let isSpecial = try node.flag("special", default: false)
      added.append(
        .init(
          id: id, content: content, isSpecial: isSpecial,
          stripsLeft: try node.flag("lstrip", default: false), stripsRight: try node.flag("rstrip", default: false),
          isSingleWord: try node.flag("single_word", default: false),
          isNormalized: try node.flag("normalized", default: !isSpecial)))
    }
  }

  private func readMerges(_ model: JSONNode) throws -> PairTable {
    let node = try model.require("merges", "a list of pairs")
    guard let items = node.value.array else { throw node.wrong("a list of pairs") }
    var table = PairTable(capacity: items.count)
    for (rank, item) in items.enumerated() {
      let (left, right) = try pair(item, rank: rank, node)
      func find(_ text: String) throws -> Int32 {
        guard let name = names.find(text) else {
          throw TokenizerError.mergeOutsideVocabulary(
            file: node.file, merge: rank, left: left, right: right, missing: text)
        }
        return ids[name]
      }
      table.insert(try find(left), try find(right), rank: rank, merged: try find(left + right))
    }
    return table
  }

  private func pair(_ item: OrderedJSON, rank: Int, _ node: JSONNode) throws -> (String, String) {
    switch item {
    case .array(let items):
      if items.count == 2, let left = items[0].string, let right = items[1].string { return (left, right) }
    case .string(let text):
      let parts = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
      if parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty {
        return (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
      }
    default: break
    }
    throw TokenizerError.unexpectedValue(
      file: node.file, path: "\(node.path)[\(rank)]", expected: "two tokens, as [\"a\", \"b\"] or \"a b\"",
      found: item.kind)
  }

  private func symbols(_ model: JSONNode, unknown: Int32?) throws -> BytePairModel.Symbols {
    if isByteLevel {
      return .bytes(
        try (0..<256).map { byte in
          let spelling = ByteAlphabet.spelling(of: [UInt8(byte)])
          if let name = names.find(spelling) { return ids[name] }
          // C0, C1 and F5 up never occur in UTF-8.
          if unknown == nil, byte != 0xC0, byte != 0xC1, byte < 0xF5 {
            throw TokenizerError.missingByte(file: root.file, byte: UInt8(byte))
          }
          return unknown ?? -1
        })
    }
    guard try model.flag("byte_fallback", default: false) else { return .characters(fallback: nil) }
    let fallback = (0..<256).map { byte -> Int32? in
      names.find(ByteFallback.spelling(of: UInt8(byte))).map { ids[$0] }
    }
    let complete = fallback.compactMap { $0 }
    return .characters(fallback: complete.count == 256 ? complete : nil)
  }
}

/// The tokens `<0x00>` to `<0xFF>`, which stand for single bytes in SentencePiece vocabularies.
enum ByteFallback {
  static func spelling(of byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
  }

  /// The byte that a token stands for, if it is one of the 256.
  static func byte(of token: some Collection<UInt8>) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8) else { return nil }
    return UInt8(String(decoding: token.dropFirst(3).prefix(2), as: UTF8.self), radix: 16)
  }
}
