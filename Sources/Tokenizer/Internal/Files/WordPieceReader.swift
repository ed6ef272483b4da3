/// Reads a model of type `WordPiece` from tokenizer.json.
struct WordPieceReader {
  let model: JSONNode

  func read(_ vocabulary: inout Vocabulary) throws -> WordPieceModel {
    try vocabulary.read(try model.require("vocab", "an object of tokens and ids"))
    let name = try model["unk_token"]?.string() ?? "[UNK]"
    guard let unknown = vocabulary.id(of: name) else {
      throw TokenizerError.unexpectedValue(
        file: model.file, path: "\(model.path).unk_token", expected: "a token of the vocabulary", found: "“\(name)”")
    }
    return WordPieceModel(
      vocabulary: vocabulary, prefix: try model["continuing_subword_prefix"]?.string() ?? "##",
      unknown: Int32(unknown),
      characterLimit: model["max_input_chars_per_word"] == nil ? 100 : try model.count("max_input_chars_per_word"))
  }
}
