import Foundation
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

  let model: BytePairModel
  let names: ByteTable
  let nameOfID: [Int32]
  let pieces: Pieces
  let files: [String: Data]
  /// Where the tokenizer was read from, for messages.
  let source: String
  private let ids: [Int32]
  private let added: AddedTokens
  private let normalizer: Normalizer?
  private let preTokenizers: [PreTokenizer]
  private let before: [Int]
  private let after: [Int]

  /// The files that make a tokenizer; only the first must be there.
  static let fileNames = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja",
  ]

  /// Reads a Hugging Face model directory: `tokenizer.json` (byte-pair encoding) and, if they are there,
  /// `tokenizer_config.json`, `special_tokens_map.json` and `chat_template.jinja`.
  ///
  /// - Throws: `TokenizerError` if a file is missing or malformed, or asks for something that is not implemented.
  public static func load(directory: URL) throws -> Tokenizer {
    var files: [String: Data] = [:]
    for name in fileNames {
      let url = directory.appendingPathComponent(name)
      guard FileManager.default.fileExists(atPath: url.path) else { continue }
      do {
        files[name] = try Data(contentsOf: url)
      } catch {
        throw TokenizerError.unreadableFile(path: url.path, reason: error.localizedDescription)
      }
    }
    return try Tokenizer(files: files, source: directory.path)
  }

  /// Reads a tokenizer from the contents of its files.
  /// - Parameters:
  ///   - files: contents by file name, as `load(directory:)` finds them.
  ///   - source: what errors call the directory.
  package init(files: [String: Data], source: String) throws {
    func place(_ name: String) -> String { source.isEmpty ? name : "\(source)/\(name)" }
    guard let main = files["tokenizer.json"] else {
      throw TokenizerError.missingFile(path: place("tokenizer.json"))
    }
    let file = place("tokenizer.json")
    let root = JSONNode(value: try JSONReader.read(main, file: file), file: file, path: "")
    let pipeline = PipelineReader(root: root)
    let (steps, isByteLevel) = try pipeline.preTokenizers()
    var reader = ModelReader(root: root, isByteLevel: isByteLevel)
    model = try reader.read()
    names = reader.names
    ids = reader.ids
    nameOfID = reader.nameOfID
    vocabularySize = reader.nameOfID.count
    normalizer = try pipeline.normalizer()
    preTokenizers = steps
    added = AddedTokens(reader.added, normalizer: normalizer)
    specialTokens = reader.added.filter(\.isSpecial).map { ($0.id, $0.content) }.sorted { $0.0 < $1.0 }
    pieces = Pieces(
      names: reader.names, nameOfID: reader.nameOfID, added: reader.added, decoding: try pipeline.decoding())
    settings = try SettingsReader(files: files, place: place).read()
    func one(_ token: String?) -> [Int] {
      token.flatMap { reader.names.find($0) }.map { [Int(reader.ids[$0])] } ?? []
    }
    let wrapping = try pipeline.wrapping()
    before = wrapping?.before ?? (settings.addsBegin ? one(settings.beginToken) : [])
    after = wrapping?.after ?? (settings.addsEnd ? one(settings.endToken) : [])
    var hasher = Digest.Hasher()
    for name in Self.fileNames {
      guard let data = files[name] else { continue }
      hasher.update(Data("\(name) \(data.count)\n".utf8))
      hasher.update(data)
    }
    digest = hasher.finalize()
    self.files = files
    self.source = source
  }

  /// The id of a token by its spelling in the vocabulary, such as `<|end|>` or `Ġthe`.
  public func id(of token: String) -> Int? { names.find(token).map { Int(ids[$0]) } }

  /// A token's spelling in the vocabulary; `nil` for an id that no token has.
  public func token(_ id: Int) -> String? {
    guard nameOfID.indices.contains(id), nameOfID[id] >= 0 else { return nil }
    return String(decoding: names[Int(nameOfID[id])], as: UTF8.self)
  }

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
  public func encode(_ text: String, special: Bool = false, wrapped: Bool = false) -> [Int] {
    var output = BytePairModel.Output()
    if wrapped { output.ids = before }
    forEachSegment(of: text, special: special, output: &output) { _, _, _ in }
    return wrapped ? output.ids + after : output.ids
  }

  /// A text's token ids and the bytes of the text that each of them stands for. Parameters as of `encode`.
  public func encodeWithOffsets(_ text: String, special: Bool = false, wrapped: Bool = false) -> TokenizedText {
    var output = BytePairModel.Output()
    var spans: [Range<Int>] = []
    forEachSegment(of: text, special: special, output: &output) { segment, words, output in
      guard let segment else {
        spans.append(words[0])
        return
      }
      var word = words.makeIterator()
      var end = 0
      var boundary = 0
      for length in output.lengths {
        while boundary == end, let next = word.next() { (boundary, end) = (next.lowerBound, next.upperBound) }
        spans.append(segment.source(of: boundary)..<segment.source(of: boundary + Int(length)))
        boundary += Int(length)
      }
      output.lengths.removeAll(keepingCapacity: true)
    }
    guard wrapped else { return TokenizedText(ids: output.ids, spans: spans) }
    let end = text.utf8.count
    return TokenizedText(
      ids: before + output.ids + after,
      spans: before.map { _ in 0..<0 } + spans + after.map { _ in end..<end })
  }

  /// Encodes a text piece by piece; calls back with each segment and its words once its tokens are in `output`, and
  /// with no segment and one range for an added token.
  private func forEachSegment(
    of text: String, special: Bool, output: inout BytePairModel.Output,
    _ body: (Segment?, [Range<Int>], inout BytePairModel.Output) -> Void
  ) {
    let utf8 = Array(text.utf8)
    for part in added.split(utf8, special: special, inNormalized: false) {
      if let token = part.token {
        output.ids.append(token.id)
        body(nil, [part.range], &output)
        continue
      }
      var segment = Segment(bytes: Array(utf8[part.range]), base: part.range.lowerBound)
      normalizer?.apply(to: &segment)
      guard added.hasNormalized else {
        encode(segment, output: &output, body)
        continue
      }
      for inner in added.split(segment.bytes, special: special, inNormalized: true) {
        if let token = inner.token {
          output.ids.append(token.id)
          let span = segment.source(of: inner.range.lowerBound)..<segment.source(of: inner.range.upperBound)
          body(nil, [span], &output)
        } else {
          encode(segment[inner.range], output: &output, body)
        }
      }
    }
  }

  private func encode(
    _ segment: Segment, output: inout BytePairModel.Output,
    _ body: (Segment?, [Range<Int>], inout BytePairModel.Output) -> Void
  ) {
    var segment = segment
    var words = [0..<segment.bytes.count]
    for step in preTokenizers { step.apply(to: &segment, words: &words) }
    segment.bytes.withUnsafeBufferPointer { bytes in
      for word in words { model.encode(UnsafeBufferPointer(rebasing: bytes[word]), into: &output) }
    }
    body(segment, words, &output)
  }

  /// Writes the tokenizer's files into a directory, which is made if need be.
  /// - Throws: `TokenizerError.unwritableFile`.
  public func write(to directory: URL) throws {
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      for name in Self.fileNames {
        if let data = files[name] { try data.write(to: directory.appendingPathComponent(name), options: .atomic) }
      }
    } catch {
      throw TokenizerError.unwritableFile(path: directory.path, reason: error.localizedDescription)
    }
  }
}
