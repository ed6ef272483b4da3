import Foundation
import Tensor

extension Tokenizer {
  /// Reads the tokenizer of a model: from the files in its directory, or from the metadata of its GGUF file.
  ///
  /// - Throws: `TokenizerError`, as ``load(directory:)``; `FileError` or `GGUFError` for a GGUF file that cannot be read.
  public static func load(from url: URL) throws -> Tokenizer {
    guard GGUFFile.isOne(url) else { return try load(directory: url) }
    return try Tokenizer(vocabulary: TokenizerVocabulary(GGUFFile(path: url.path)), source: url.path)
  }

  /// Whether a model has a tokenizer that can be read, as far as names of files tell.
  public static func isPresent(at url: URL) -> Bool {
    guard GGUFFile.isOne(url) else { return TokenizerFiles.isPresent(in: url) }
    // Files of weights alone say so by this kind.
    let kind = try? GGUFFile(path: url.path).metadata.string(ifPresent: "tokenizer.ggml.model")
    guard let kind else { return false }
    return !["none", "no_vocab"].contains(kind)
  }

  /// The chat template of a model, also where there is no tokenizer beside `tokenizer_config.json`.
  ///
  /// - Throws: `TokenizerError.noChatTemplate` if there is none; `TokenizerError` or `TemplateError` if it cannot be read.
  public static func chatTemplate(of url: URL) throws -> ChatTemplate {
    guard !GGUFFile.isOne(url), !TokenizerFiles.isPresent(in: url) else { return try load(from: url).chatTemplate() }
    return try TokenizerFiles.settings(in: url).chatTemplate(source: url.path)
  }
}

extension TokenizerVocabulary {
  /// What the metadata of a GGUF file say, by the names under `tokenizer.ggml`.
  init(_ file: GGUFFile) throws {
    let m = file.metadata
    func key(_ name: String) -> String { "tokenizer.ggml.\(name)" }
    self.init(kind: try m.string(key("model")), tokens: try m.strings(key("tokens")))
    scores = try m.floats(ifPresent: key("scores"))?.map { Float($0) } ?? []
    kinds = try m.integers(ifPresent: key("token_type")) ?? []
    merges = try m.strings(ifPresent: key("merges")) ?? []
    preTokenizer = try m.string(ifPresent: key("pre")) ?? "default"
    beginID = try m.integer(ifPresent: key("bos_token_id"))
    endID = try m.integer(ifPresent: key("eos_token_id"))
    unknownID = try m.integer(ifPresent: key("unknown_token_id"))
    paddingID = try m.integer(ifPresent: key("padding_token_id"))
    // SentencePiece's kind begins a text where the file does not say.
    addsBegin = try m.bool(ifPresent: key("add_bos_token")) ?? (kind == "llama")
    addsEnd = try m.bool(ifPresent: key("add_eos_token")) ?? false
    addsSpacePrefix = try m.bool(ifPresent: key("add_space_prefix")) ?? true
    removesExtraSpaces = try m.bool(ifPresent: key("remove_extra_whitespaces")) ?? false
    chatTemplate = try m.string(ifPresent: "tokenizer.chat_template")
  }
}
