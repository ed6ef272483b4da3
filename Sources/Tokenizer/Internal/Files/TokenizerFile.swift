import Foundation

/// Hugging Face's tokenizer.json: a model, and a list of components around it.
struct TokenizerFile {
  private let root: JSONNode

  /// - Throws: `TokenizerError` if the file is not JSON.
  init(_ data: Data, file: String) throws {
    root = JSONNode(value: try JSONReader.read(data, file: file), file: file, path: "")
  }

  /// Reads everything.
  func pipeline() throws -> Pipeline {
    let preTokenizer = try PreTokenizerReader(root["pre_tokenizer"])
    let normalizer = try root["normalizer"].map(NormalizerReader().read)
    let model = try root.require("model", "an object")
    var vocabulary = Vocabulary()
    let kind = try kind(of: model)
    let read: TokenModel
    if kind == "BPE" {
      let reader = BytePairReader(model: model, isByteLevel: preTokenizer.isByteLevel)
      read = .bytePair(try reader.read(&vocabulary))
    } else {
      if preTokenizer.isByteLevel { throw model.unsupported("\(kind) with ByteLevel", ["BPE with ByteLevel"]) }
      read =
        kind == "Unigram"
        ? .unigram(try UnigramReader(model: model).read(&vocabulary))
        : .wordPiece(try WordPieceReader(model: model).read(&vocabulary))
    }
    let added = try AddedTokensReader().read(root["added_tokens"], into: &vocabulary)
    var steps = preTokenizer.steps
    if steps.isEmpty, case .bytePair(let bytePair) = read, bytePair.words == nil, bytePair.mayCutAtMarks(vocabulary) {
      steps.append(.markStarts(mark: SentencePieceNormalizer.mark))
    }
    return Pipeline(
      vocabulary: vocabulary, model: read, normalizer: normalizer, preTokenizers: steps, added: added,
      decoder: try DecoderReader().read(root["decoder"]),
      wrapping: try PostProcessorReader(vocabularySize: vocabulary.size).read(root["post_processor"]))
  }

  private func kind(of model: JSONNode) throws -> String {
    // Files from before 2020 leave the type out.
    let guess =
      model["merges"] != nil ? "BPE" : model["max_input_chars_per_word"] != nil ? "WordPiece" : "a model without type"
    let kind = try model["type"]?.string() ?? guess
    guard ["BPE", "Unigram", "WordPiece"].contains(kind) else {
      throw model.unsupported(kind, ["BPE", "Unigram", "WordPiece"])
    }
    return kind
  }
}

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

extension Vocabulary {
  /// Reads an object of tokens and ids.
  mutating func read(_ node: JSONNode) throws {
    guard let members = node.value.members else { throw node.wrong("an object of tokens and ids") }
    for member in members {
      guard let id = member.value.int else {
        throw TokenizerError.unexpectedValue(
          file: node.file, path: "\(node.path)[“\(member.key)”]", expected: "a whole number", found: member.value.kind)
      }
      try insert(member.key, id: id, file: node.file, place: "\(node.path)[“\(member.key)”]")
    }
  }
}
