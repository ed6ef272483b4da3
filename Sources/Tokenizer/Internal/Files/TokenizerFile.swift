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
      wrapping: try PostProcessorReader(vocabulary: vocabulary).read(root["post_processor"]))
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
