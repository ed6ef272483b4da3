import Foundation
import Tensor

/// The files of a tokenizer: which of them count, and what they say together.
struct TokenizerFiles {
  /// Contents by file name.
  let files: [String: Data]
  /// What errors call the directory.
  let source: String

  /// The files beside the main one.
  private static let companions = ["tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"]
  /// What a tokenizer can be read from, for messages.
  private static let readable = [
    "tokenizer.json (Hugging Face)", "tokenizer.model (SentencePiece)", "vocab.json with merges.txt (GPT-2)",
    "*.tiktoken",
  ]

  /// The main files, of those that are there.
  private enum Main {
    case hugging, sentencePiece, merges
    case ranks(String)
  }

  /// Reads the files of a directory that count, and no others.
  static func read(_ directory: URL) throws -> [String: Data] {
    func exists(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: directory.appendingPathComponent(name).path)
    }
    let found = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    var names: [String]
    switch try main(of: found, in: directory.path) {
    case .hugging: names = ["tokenizer.json"]
    case .sentencePiece: names = ["tokenizer.model", "added_tokens.json"]
    case .merges: names = ["vocab.json", "merges.txt", "added_tokens.json"]
    case .ranks(let name): names = [name, "added_tokens.json"]
    }
    var files: [String: Data] = [:]
    for name in names + companions where exists(name) {
      let url = directory.appendingPathComponent(name)
      do {
        files[name] = try Data(contentsOf: url)
      } catch {
        throw TokenizerError.unreadableFile(path: url.path, reason: error.localizedDescription)
      }
    }
    return files
  }

  /// Whether a directory holds a file that a tokenizer can be read from.
  static func isPresent(in directory: URL) -> Bool {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return (try? main(of: found, in: directory.path)) != nil
  }

  /// What the files beside the main one say by themselves.
  static func settings(in directory: URL) throws -> TokenizerSettings {
    var files: [String: Data] = [:]
    for name in companions { files[name] = try? Data(contentsOf: directory.appendingPathComponent(name)) }
    return try SettingsReader(files: files, place: { "\(directory.path)/\($0)" }).read()
  }

  private static func main(of names: some Collection<String>, in directory: String) throws -> Main {
    if names.contains("tokenizer.json") { return .hugging }
    if names.contains("tokenizer.model") { return .sentencePiece }
    if names.contains("vocab.json") || names.contains("merges.txt") { return .merges }
    let ranks = names.filter { $0.hasSuffix(".tiktoken") }.sorted()
    guard let name = ranks.first else {
      throw TokenizerError.noTokenizer(directory: directory, readable: readable)
    }
    guard ranks.count == 1 else { throw TokenizerError.severalTokenizers(directory: directory, files: ranks) }
    return .ranks(name)
  }

  private func place(_ name: String) -> String { source.isEmpty ? name : "\(source)/\(name)" }

  private func require(_ name: String) throws -> Data {
    guard let data = files[name] else { throw TokenizerError.missingFile(path: place(name)) }
    return data
  }

  private func json(_ name: String) throws -> JSONNode? {
    guard let data = files[name] else { return nil }
    return JSONNode(value: try JSONReader.read(data, file: place(name)), file: place(name), path: "")
  }

  /// What the files say, and what tokenizer_config.json says about it.
  func read() throws -> (pipeline: Pipeline, settings: TokenizerSettings) {
    let reader = SettingsReader(files: files, place: place)
    var pipeline: Pipeline
    switch try Self.main(of: files.keys, in: source) {
    case .hugging:
      pipeline = try TokenizerFile(try require("tokenizer.json"), file: place("tokenizer.json")).pipeline()
      return (pipeline, try reader.read())
    case .sentencePiece:
      let data = try require("tokenizer.model")
      if RankFile.looksLike(data) {
        pipeline = try ranks(data, "tokenizer.model")
      } else {
        pipeline = try SentencePieceFile(data, file: place("tokenizer.model")).pipeline()
      }
    case .merges:
      guard let vocabulary = try json("vocab.json") else {
        throw TokenizerError.missingFile(path: place("vocab.json"))
      }
      pipeline = try MergesFile(
        vocabulary: vocabulary, merges: try require("merges.txt"), file: place("merges.txt")
      ).pipeline()
    case .ranks(let name): pipeline = try ranks(try require(name), name)
    }
    let settings = try reader.read(defaults: pipeline.defaults)
    try addTokens(to: &pipeline, settings)
    return (pipeline, settings)
  }

  private func ranks(_ data: Data, _ name: String) throws -> Pipeline {
    let pattern = try json("tokenizer_config.json")?["pat_str"]?.string()
    return try RankFile(data: data, file: place(name), pattern: pattern).pipeline()
  }

  /// Adds the tokens that stand in other files than the main one, and makes those special that have a role.
  private func addTokens(to pipeline: inout Pipeline, _ settings: TokenizerSettings) throws {
    var more: [AddedTokens.Token] = []
    if let node = try json("added_tokens.json") {
      for member in node.value.members ?? [] {
        guard let id = member.value.int else { throw node.wrong("an object of tokens and ids") }
        try pipeline.vocabulary.insert(member.key, id: id, file: node.file, place: "“\(member.key)”")
        more.append(.init(id: id, content: member.key))
      }
    }
    if let node = try json("tokenizer_config.json")?["added_tokens_decoder"] {
      more += try AddedTokensReader().readDecoder(node, into: &pipeline.vocabulary)
    }
    for name in ["special_tokens_map.json", "tokenizer_config.json"] {
      for node in try json(name)?["additional_special_tokens"]?.array() ?? [] {
        let content = try node.tokenContent()
        if let id = pipeline.vocabulary.id(of: content) {
          more.append(.init(id: id, content: content, isSpecial: true))
        }
      }
    }
    for content in [settings.beginToken, settings.endToken, settings.paddingToken, settings.unknownToken] {
      if let content, let id = pipeline.vocabulary.id(of: content) {
        more.append(.init(id: id, content: content, isSpecial: true))
      }
    }
    // Of what is said about a token, special wins; SentencePiece's unknown token stands for text and is not special.
    for token in more where pipeline.decoder.surfaces[token.id] == nil {
      if let index = pipeline.added.firstIndex(where: { $0.id == token.id }) {
        if token.isSpecial, !pipeline.added[index].isSpecial { pipeline.added[index] = token }
      } else {
        pipeline.added.append(token)
      }
    }
  }

  /// SHA-256 over the names and bytes of the files.
  var digest: Digest {
    // The order in which tokenizers were digested before other formats were read.
    let first = ["tokenizer.json"] + Self.companions
    var hasher = Digest.Hasher()
    for name in first + files.keys.filter({ !first.contains($0) }).sorted() {
      guard let data = files[name] else { continue }
      hasher.update(Data("\(name) \(data.count)\n".utf8))
      hasher.update(data)
    }
    return hasher.finalize()
  }
}
