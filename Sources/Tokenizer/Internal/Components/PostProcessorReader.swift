/// Reads the `post_processor` of tokenizer.json.
struct PostProcessorReader {
  private static let supported = ["TemplateProcessing", "BertProcessing", "RobertaProcessing", "ByteLevel", "Sequence"]

  /// The tokens: an id must be one's. There may be gaps between them.
  let vocabulary: Vocabulary

  /// The ids around one text; `nil` if no processor says anything about them.
  func read(_ node: JSONNode?) throws -> Pipeline.Wrapping? {
    var result: Pipeline.Wrapping?
    for node in try node?.flattened("processors") ?? [] {
      let next: Pipeline.Wrapping
      switch try node.kind() {
      case "ByteLevel": continue
      case "TemplateProcessing": next = try template(node)
      case "BertProcessing", "RobertaProcessing":
        next = .init(before: [try pair(node, "cls")], after: [try pair(node, "sep")])
      case let kind: throw node.unsupported(kind, Self.supported)
      }
      // A later processor works on what the earlier one made.
      result = .init(before: next.before + (result?.before ?? []), after: (result?.after ?? []) + next.after)
    }
    return result
  }

  private func template(_ node: JSONNode) throws -> Pipeline.Wrapping {
    var result = Pipeline.Wrapping()
    var seenText = false
    for piece in try node.require("single", "a list").array() {
      if piece["Sequence"] != nil {
        seenText = true
        continue
      }
      let name = try piece.require("SpecialToken", "Sequence or SpecialToken").require("id", "a text").string()
      let ids = try node.require("special_tokens", "an object").require(name, "the token's ids")
        .require("ids", "a list").array().map(id)
      if seenText { result.after += ids } else { result.before += ids }
    }
    return result
  }

  /// A token's text and id, as `["[SEP]", 102]`.
  private func pair(_ node: JSONNode, _ key: String) throws -> Int {
    let node = try node.require(key, "a token and its id")
    let items = try node.array()
    guard items.count == 2 else { throw node.wrong("a token and its id") }
    return try id(items[1])
  }

  private func id(_ node: JSONNode) throws -> Int {
    let id = try node.int()
    guard vocabulary.name(of: id) != nil else {
      throw node.wrong("the id of a token, from 0 to \(vocabulary.size - 1)")
    }
    return id
  }
}
