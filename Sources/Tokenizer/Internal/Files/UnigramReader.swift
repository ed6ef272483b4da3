/// Reads a model of type `Unigram` from tokenizer.json.
struct UnigramReader {
  let model: JSONNode

  func read(_ vocabulary: inout Vocabulary) throws -> UnigramModel {
    let list = try model.require("vocab", "a list of tokens and scores")
    guard let items = list.value.array else { throw list.wrong("a list of tokens and scores") }
    var scores: [Double] = []
    for (id, item) in items.enumerated() {
      let place = "\(list.path)[\(id)]"
      guard let pair = item.array, pair.count == 2, let text = pair[0].string, !text.isEmpty,
        let score = pair[1].number, score.isFinite
      else {
        throw TokenizerError.unexpectedValue(
          file: list.file, path: place, expected: "a token and its score, as [\"▁the\", -3.2]", found: item.kind)
      }
      try vocabulary.insert(text, id: id, file: list.file, place: place)
      scores.append(score)
    }
    let node = try model.require("unk_id", "the id of the unknown token")
    let unknown = try node.int()
    guard scores.indices.contains(unknown) else { throw node.wrong("an id from 0 to \(scores.count - 1)") }
    return UnigramModel(
      trie: ByteTrie(vocabulary.ids.enumerated().map { (vocabulary.names[$0], $1) }), scores: scores,
      lowest: scores.min() ?? 0, unknown: Int32(unknown),
      fallback: try model.flag("byte_fallback", default: false) ? ByteFallback.ids(in: vocabulary) : nil,
      isSinglePrecision: false)
  }
}

extension OrderedJSON {
  /// The number, whole or not.
  var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
