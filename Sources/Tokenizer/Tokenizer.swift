import Foundation
import Synchronization
import Tensor

/// Text to token ids and back, as the model's own files say.
///
///     let tokenizer = try Tokenizer.load(directory: model)
///     let ids = tokenizer.encode("How do I open a jar?")
///     tokenizer.decode(ids)                          // "How do I open a jar?"
///
/// Immutable after loading, so one tokenizer serves any number of threads.
public final class Tokenizer: Sendable {
  /// What tokenizer_config.json says: special tokens by role, and the chat template.
  public let settings: TokenizerSettings
  /// SHA-256 over the names and bytes of the files that the tokenizer was read from.
  public let digest: Digest
  /// One more than the largest token id. Models may have more rows than this in their embeddings.
  public let vocabularySize: Int
  /// The special tokens in the order of their ids.
  public let specialTokens: [(id: Int, content: String)]

  let vocabulary: Vocabulary
  let pieces: Pieces
  let files: [String: Data]
  /// Where the tokenizer was read from, for messages.
  let source: String
  private let model: TokenModel
  private let added: AddedTokens
  private let normalizer: Normalizer?
  private let preTokenizers: [PreTokenizer]
  private let wrapping: Pipeline.Wrapping
  /// Working memory of encodings that are over, for the next ones: its caches make them faster.
  private let spare = Mutex<[TokenModel.Output]>([])
  private let seen = Mutex<TokenizerError?>(nil)

  /// Reads a model directory: `tokenizer.json` (Hugging Face), else `tokenizer.model` (SentencePiece), else `vocab.json`
  /// and `merges.txt` (GPT-2), else one file `*.tiktoken`; and, if they are there, `tokenizer_config.json`,
  /// `special_tokens_map.json` and `chat_template.jinja`.
  ///
  /// - Throws: `TokenizerError` if a file is missing or malformed, or asks for something that is not implemented.
  public static func load(directory: URL) throws -> Tokenizer {
    try Tokenizer(files: try TokenizerFiles.read(directory), source: directory.path)
  }

  /// Reads a tokenizer from the contents of its files.
  /// - Parameters:
  ///   - files: contents by file name, as `load(directory:)` finds them.
  ///   - source: what errors call the directory.
  /// - Throws: `TokenizerError`, as `load(directory:)`.
  package convenience init(files: [String: Data], source: String) throws {
    let reader = TokenizerFiles(files: files, source: source)
    let (pipeline, settings) = try reader.read()
    try self.init(pipeline: pipeline, settings: settings, digest: reader.digest, files: files, source: source)
  }

  /// Makes a tokenizer of a vocabulary that has no files of its own.
  /// - Parameters:
  ///   - vocabulary: tokens, merges or scores, and the ids of special tokens.
  ///   - source: what errors call the place that it comes from, such as the path of a GGUF file.
  /// - Throws: `TokenizerError` if its parts contradict each other or ask for something that is not implemented.
  package convenience init(vocabulary: TokenizerVocabulary, source: String) throws {
    let pipeline = try VocabularyReader(vocabulary: vocabulary, source: source).pipeline()
    try self.init(
      pipeline: pipeline, settings: pipeline.defaults, digest: vocabulary.digest, files: [:], source: source)
  }

  private init(
    pipeline: Pipeline, settings: TokenizerSettings, digest: Digest, files: [String: Data], source: String
  ) throws(TokenizerError) {
    self.settings = settings
    self.digest = digest
    self.files = files
    self.source = source
    vocabulary = pipeline.vocabulary
    vocabularySize = pipeline.vocabulary.size
    specialTokens = pipeline.added.filter(\.isSpecial).map { ($0.id, $0.content) }.sorted { $0.0 < $1.0 }
    model = pipeline.model
    normalizer = pipeline.normalizer
    preTokenizers = pipeline.preTokenizers
    added = try AddedTokens(pipeline.added, normalizer: pipeline.normalizer)
    pieces = try Pieces(
      vocabulary: pipeline.vocabulary, added: pipeline.added, decoder: pipeline.decoder, source: source)
    func one(_ token: String?) -> [Int] { token.flatMap(pipeline.vocabulary.id(of:)).map { [$0] } ?? [] }
    wrapping =
      pipeline.wrapping
      ?? .init(
        before: settings.addsBegin ? one(settings.beginToken) : [],
        after: settings.addsEnd ? one(settings.endToken) : [])
    try probe()
  }

  /// How it cuts words: “byte-pair encoding”, “unigram” or “WordPiece”.
  public var kind: String {
    switch model {
    case .bytePair: "byte-pair encoding"
    case .unigram: "unigram"
    case .wordPiece: "WordPiece"
    }
  }

  /// The id of a token by its spelling in the vocabulary, such as `<|end|>` or `Ġthe`.
  public func id(of token: String) -> Int? { vocabulary.id(of: token) }

  /// A token's spelling in the vocabulary; `nil` for an id that no token has.
  public func token(_ id: Int) -> String? { vocabulary.name(of: id).map { String(decoding: $0, as: UTF8.self) } }

  /// The id of the token that ends a text.
  public var eosID: Int? { settings.endToken.flatMap(id(of:)) }
  /// The id of the token that begins a text.
  public var bosID: Int? { settings.beginToken.flatMap(id(of:)) }
  /// The id of the token that fills up batches elsewhere.
  public var padID: Int? { settings.paddingToken.flatMap(id(of:)) }

  /// A text's token ids.
  ///
  /// - Parameters:
  ///   - special: whether `<|end|>` in the text means the special token. Off, it is spelled out like any other text,
  ///     so that no special token ever comes from a prompt by accident; on, for the output of a chat template.
  ///   - wrapped: whether to put around the text what the tokenizer's post-processor asks for (begin of text ...).
  /// - Returns: the ids; none, with or without a wrapping, if the text meets ``failure``.
  public func encode(_ text: String, special: Bool = false, wrapped: Bool = false) -> [Int] {
    withOutput { output in
      if wrapped { output.ids = wrapping.before }
      guard encode(text, special: special, into: &output, { _, _, _ in }) else { return [] }
      return wrapped ? output.ids + wrapping.after : output.ids
    }
  }

  /// Why a text could not be encoded, the first time that one could not: a pattern of the tokenizer's files took too many
  /// steps on it, or it grew beyond all measure. `nil` for every tokenizer whose files mean well.
  ///
  /// Whoever encodes what counts looks here afterwards, and throws it.
  public var failure: TokenizerError? { seen.withLock { $0 } }

  /// A text's token ids and the bytes of the text that each of them stands for. Parameters as of `encode`.
  public func encodeWithOffsets(_ text: String, special: Bool = false, wrapped: Bool = false) -> TokenizedText {
    withOutput { output in
      output.keepsLengths = true
      var spans: [Range<Int>] = []
      let isDone = encode(text, special: special, into: &output) { segment, word, output in
        guard let segment else {
          spans.append(word)
          return
        }
        var start = word.lowerBound
        for length in output.lengths {
          spans.append(segment.source(of: start)..<segment.source(of: start + Int(length)))
          start += Int(length)
        }
        output.lengths.removeAll(keepingCapacity: true)
      }
      guard isDone else { return TokenizedText(ids: [], spans: []) }
      guard wrapped else { return TokenizedText(ids: output.ids, spans: spans) }
      let end = text.utf8.count
      return TokenizedText(
        ids: wrapping.before + output.ids + wrapping.after,
        spans: wrapping.before.map { _ in 0..<0 } + spans + wrapping.after.map { _ in end..<end })
    }
  }

  /// Lends working memory that no other thread has.
  private func withOutput<Result>(_ body: (inout TokenModel.Output) -> Result) -> Result {
    var output = spare.withLock { $0.popLast() } ?? TokenModel.Output()
    defer {
      // What a very long text needed is given back.
      if output.isSmall {
        output.clear()
        spare.withLock { $0.append(output) }
      }
    }
    return body(&output)
  }

  /// Encodes a text word by word; calls back with each word and its segment once its tokens are in `output`, and with
  /// no segment for an added token and its range of the text.
  ///
  /// - Returns: whether it could be done; if not, ``failure`` says why.
  private func encode(
    _ text: String, special: Bool, into output: inout TokenModel.Output,
    _ body: (Segment?, Range<Int>, inout TokenModel.Output) -> Void
  ) -> Bool {
    do throws(TokenizerError) {
      try encodeOrFail(text, special: special, into: &output, body)
      return true
    } catch {
      seen.withLock { $0 = $0 ?? error }
      return false
    }
  }

  private func encodeOrFail(
    _ text: String, special: Bool, into output: inout TokenModel.Output,
    _ body: (Segment?, Range<Int>, inout TokenModel.Output) -> Void
  ) throws(TokenizerError) {
    let utf8 = Array(text.utf8)
    for part in added.split(utf8, special: special, inNormalized: false) {
      if let token = part.token {
        output.ids.append(token.id)
        body(nil, part.range, &output)
        continue
      }
      var segment = Segment(
        bytes: part.range.count == utf8.count ? utf8 : Array(utf8[part.range]), base: part.range.lowerBound,
        keepsSource: output.keepsLengths)
      try normalize(&segment)
      guard added.hasNormalized else {
        try encode(segment, into: &output, body)
        continue
      }
      for inner in added.split(segment.bytes, special: special, inNormalized: true) {
        if let token = inner.token {
          output.ids.append(token.id)
          let span = segment.source(of: inner.range.lowerBound)..<segment.source(of: inner.range.upperBound)
          body(nil, span, &output)
        } else {
          try encode(segment[inner.range], into: &output, body)
        }
      }
    }
  }

  private func encode(
    _ segment: Segment, into output: inout TokenModel.Output,
    _ body: (Segment?, Range<Int>, inout TokenModel.Output) -> Void
  ) throws(TokenizerError) {
    var segment = segment
    let words = try words(of: &segment)
    let final = segment
    final.bytes.withUnsafeBufferPointer { bytes in
      model.encode(words, of: bytes, into: &output) { word, output in body(final, word, &output) }
    }
  }

  private func normalize(_ segment: inout Segment) throws(TokenizerError) {
    let count = segment.bytes.count
    try normalizer?.apply(to: &segment)
    if segment.isOverfull {
      throw .growingText(file: source, part: "normalizer", bytes: count, limit: segment.limit)
    }
  }

  /// Cuts a normalized segment into words, which may change it.
  private func words(of segment: inout Segment) throws(TokenizerError) -> [Range<Int>] {
    let count = segment.bytes.count
    var words = [0..<count]
    for step in preTokenizers where !segment.isOverfull { try step.apply(to: &segment, words: &words) }
    if segment.isOverfull {
      throw .growingText(file: source, part: "pre_tokenizer", bytes: count, limit: segment.limit)
    }
    return words
  }

  /// Puts texts that patterns find hard through everything that comes before the model, so that a tokenizer that does
  /// not get through them is refused when it is loaded, and not in the middle of a run.
  private func probe() throws(TokenizerError) {
    let characters = ["a", "A", "0", " ", "\n", "-", "\u{e9}"]
    for run in characters {
      for end in characters where end != run {
        var segment = Segment(bytes: Array((String(repeating: run, count: 200) + end).utf8), base: 0)
        try normalize(&segment)
        _ = try words(of: &segment)
      }
    }
  }

  /// Writes the tokenizer's files into a directory, which is made if need be.
  /// - Throws: `TokenizerError.unwritableFile`, also for a tokenizer that does not come from files.
  public func write(to directory: URL) throws {
    guard !files.isEmpty else {
      throw TokenizerError.unwritableFile(
        path: directory.path, reason: "the tokenizer of \(source) has no files of its own")
    }
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      for (name, data) in files { try data.write(to: directory.appendingPathComponent(name), options: .atomic) }
    } catch {
      throw TokenizerError.unwritableFile(path: directory.path, reason: error.localizedDescription)
    }
  }
}
