/// Reads tokens that are found before the model sees the text.
struct AddedTokensReader {
  /// Reads `added_tokens` of tokenizer.json.
  func read(_ node: JSONNode?, into vocabulary: inout Vocabulary) throws -> [AddedTokens.Token] {
    try node?.array().map { node in
      let id = try node.require("id", "a whole number").int()
      return try token(node, id: id, into: &vocabulary)
    } ?? []
  }

  /// Reads `added_tokens_decoder` of tokenizer_config.json, where the ids are the keys.
  func readDecoder(_ node: JSONNode, into vocabulary: inout Vocabulary) throws -> [AddedTokens.Token] {
    guard let members = node.value.members else { throw node.wrong("an object of ids and tokens") }
    return try members.map { member in
      let path = "\(node.path).\(member.key)"
      let entry = JSONNode(value: member.value, file: node.file, path: path)
      guard let id = Int(member.key) else {
        throw TokenizerError.unexpectedValue(
          file: node.file, path: path, expected: "an id as the key", found: "“\(member.key)”")
      }
      return try token(entry, id: id, into: &vocabulary)
    }
  }

  private func token(_ node: JSONNode, id: Int, into vocabulary: inout Vocabulary) throws -> AddedTokens.Token {
    let content = try node.require("content", "a text").string()
    try vocabulary.insert(content, id: id, file: node.file, place: node.path)
    let isSpecial = try node.flag("special", default: false)
    return AddedTokens.Token(
      id: id, content: content, isSpecial: isSpecial,
      stripsLeft: try node.flag("lstrip", default: false), stripsRight: try node.flag("rstrip", default: false),
      isSingleWord: try node.flag("single_word", default: false),
      isNormalized: try node.flag("normalized", default: !isSpecial))
  }
}
