import Experiment
import Foundation
import Tensor
import Tokenizer
import Transformer

/// What is done with a checkpoint by itself, without a document.
public enum ModelTools {
  /// What a checkpoint is: family, files, shape, blocks, memory, tokenizer. Its weights are not loaded.
  ///
  /// - Throws: an error of the checkpoint's or the tokenizer's files.
  public static func inspection(of model: URL) throws -> [(name: String, value: String)] {
    let (c, digest, types, files, form) = try opened(model)
    var lines = [
      ("family", c.family.rawValue), ("files", form),
      ("tensors", types.map { "\($0.tensors) \($0.name)" }.joined(separator: ", ")),
      ("parameters", "\(c.parameterCount)"), ("layers", "\(c.layers)"), ("d_model", "\(c.width)"),
      ("heads", "\(c.heads) (\(c.keyValueHeads) for keys and values)"), ("d_head", "\(c.headSize)"),
      ("d_mlp", "\(c.feedForwardWidth)"), ("vocabulary", "\(c.vocabularySize)"),
      ("positions", "\(c.maximumPositions)"), ("blocks", blocks(of: c)),
      ("weights", "\(ByteCount(files.reduce(0) { $0 + fileSize($1) }))"),
      ("keys and values", "\(ByteCount(8 * c.layers * c.keyValueWidth)) a token"), ("digest", digest.hex),
    ]
    if Tokenizer.isPresent(at: model) {
      let tokenizer = try Tokenizer.load(from: model)
      lines += [
        ("tokenizer", "\(tokenizer.kind), \(tokenizer.vocabularySize) tokens"),
        ("special tokens", listed(tokenizer.specialTokens.map(\.content))),
        ("chat template", tokenizer.settings.chatTemplate.map { "\($0.utf8.count) bytes" } ?? "none"),
      ]
    } else {
      lines.append(("tokenizer", "none here"))
    }
    return lines
  }

  private static func opened(
    _ model: URL
  ) throws -> (ModelConfiguration, Digest, types: [(name: String, tensors: Int)], files: [URL], form: String) {
    if GGUFFile.isOne(model) {
      let checkpoint = try GGUFCheckpoint(path: model.path)
      return (
        checkpoint.configuration, checkpoint.digest, checkpoint.elementTypes, [model],
        "GGUF \(checkpoint.file.version)"
      )
    }
    let checkpoint = try Checkpoint(directory: model)
    let count = checkpoint.fileNames.count
    return (
      checkpoint.configuration, checkpoint.digest, checkpoint.elementTypes,
      checkpoint.fileNames.map { model.appending(path: $0) },
      count == 1 ? "safetensors" : "safetensors in \(count) shards"
    )
  }

  private static func fileSize(_ file: URL) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
  }

  /// What sets a model's blocks apart, in a few words.
  private static func blocks(of c: ModelConfiguration) -> String {
    let architecture = c.architecture
    var parts = [
      architecture.norm == .layer ? "LayerNorm" : "RMSNorm",
      ["before": "before sublayers", "after": "behind sublayers", "around": "around sublayers"][
        architecture.normPlacement.rawValue] ?? "",
      architecture.activation.rawValue + (architecture.isGated ? ", gated" : ""),
    ]
    if architecture.headNorm != .none { parts.append("norms on queries and keys") }
    if architecture.isParallel { parts.append("sublayers side by side") }
    parts.append(architecture.hasLearnedPositions ? "learned positions" : "rotary positions")
    let windows = (0..<c.layers).filter { c.window(layer: $0) != nil }.count
    if windows > 0 { parts.append("a window of \(c.slidingWindow ?? 0) in \(windows) of \(c.layers) layers") }
    if c.tiedEmbeddings { parts.append("tied embeddings") }
    return parts.joined(separator: ", ")
  }

  private static func listed(_ names: [String]) -> String {
    names.count <= 16
      ? names.joined(separator: " ") : "\(names.prefix(12).joined(separator: " ")) … \(names.count) in all"
  }

  /// A hook with what it holds.
  public struct Hook: Sendable {
    /// Its full name, `blocks.*.` standing for every layer.
    public let name: String
    /// The name without its prefix, as documents may write it.
    public let short: String
    /// The shape of one position's value.
    public let shape: String
  }

  /// Every hook of a checkpoint, in the order in which a run meets them.
  ///
  /// - Throws: an error of the checkpoint's configuration.
  public static func hooks(of model: URL) throws -> [Hook] {
    let configuration = try ModelConfiguration(of: model)
    return HookSite.all(in: configuration).map { site in
      let sizes = site.shape(in: configuration).map(String.init) + (site.isPairwise ? ["query", "key"] : [])
      return Hook(
        name: HookPattern(site).description, short: site.shortName, shape: "[\(sizes.joined(separator: ", "))]")
    }
  }

  /// How far a checkpoint is from another implementation's run.
  ///
  /// - Parameter withFloor: whether to run it in float64 too, for the other run's own distance from that.
  /// - Throws: an error of the checkpoint's files, or `ParityError`.
  public static func parity(of model: URL, golden: URL, withFloor: Bool) throws -> Parity {
    let reference = withFloor ? try ReferenceModel(contentsOf: model) : nil
    return try Parity(
      of: Model.load(from: model), against: SafetensorsFile(path: golden.path), reference: reference)
  }

  /// Lists of token ids from a JSON file.
  ///
  /// - Throws: `TokenFileError` if it is not a list of lists of whole numbers.
  public static func tokens(in file: URL) throws -> [[Int]] {
    guard let data = try? Data(contentsOf: file) else {
      throw TokenFileError(file: file.relativePath, found: "a file that cannot be read")
    }
    do {
      return try JSONDecoder().decode([[Int]].self, from: data)
    } catch {
      throw TokenFileError(file: file.relativePath, found: "JSON of another shape")
    }
  }

  /// Runs sequences and writes logits and activations: `logits.{i}` `[tokens, vocab]`, `{hook}.{i}` for sequence i.
  ///
  /// - Parameter hooks: patterns such as `blocks.*.hook_resid_post`.
  /// - Returns: how many tensors were written.
  /// - Throws: an error of the checkpoint, the hooks, the sequences or the file.
  public static func forward(
    _ directory: URL, tokens: [[Int]], hooks: [String], to file: URL
  ) throws -> Int {
    let model = try Model.load(from: directory)
    let patterns = try hooks.map { try HookPattern($0) }
    // Logits are by far the largest: each sequence's are made as they are written.
    let last = HookPoint(.lnFinalNormalized)
    let forward = try model.forward(tokens, capture: patterns + [HookPattern(last)], logits: .none)
    let wanted = Set(try patterns.flatMap { try $0.points(in: model.configuration) })
    var tensors: [(name: String, value: SafetensorsValue)] = []
    for index in tokens.indices {
      let normalized = try forward.activation(last, sequence: index)
      tensors.append(
        (
          "logits.\(index)",
          .later(shape: [tokens[index].count, model.configuration.vocabularySize]) {
            model.logits(ofNormalized: normalized)
          }
        ))
      for hook in forward.activations.hooks where wanted.contains(hook) {
        tensors.append(("\(hook).\(index)", .f32(try forward.activation(hook, sequence: index))))
      }
    }
    try SafetensorsFile.write(tensors, metadata: [:], to: file.path)
    return tensors.count
  }

  /// What a checkpoint says to one prompt.
  public struct Continuation: Codable, Sendable {
    /// The prompt's ids.
    public let prompt: [Int]
    /// The ids generated, without the one that ended the text.
    public let tokens: [Int]
    /// Their text; `nil` if the checkpoint has no tokenizer.
    public let text: String?
    /// Whether the model ended the text itself.
    public let stopped: Bool
  }

  /// Continues prompts.
  ///
  /// - Parameters:
  ///   - prompt: a user's words, put through the chat template; or `nil` for `tokens`.
  ///   - seed: draw from the model's own distribution with this seed; the likeliest token each time if `nil`.
  /// - Throws: an error of the checkpoint, the tokenizer or the sequences.
  public static func generate(
    _ directory: URL, prompt: String?, tokens: [[Int]], maxNewTokens: Int, seed: UInt64?
  ) throws -> [Continuation] {
    let model: Model
    var tokenizer: Tokenizer?
    var prompts = tokens
    var stop: Set<Int>
    if let prompt {
      let subject = try Subject(name: directory.lastPathComponent, directory: directory)
      let data = Dataset(name: "prompt", rows: [["text": .text(prompt)]], digest: Digest(of: prompt))
      prompts = [try subject.prompt(for: data.rows[0], at: 0, in: data).tokens]
      (model, tokenizer, stop) = (subject.model, subject.tokenizer, subject.stop)
    } else {
      model = try Model.load(from: directory)
      tokenizer = Tokenizer.isPresent(at: directory) ? try Tokenizer.load(from: directory) : nil
      stop = Set(model.configuration.endOfText)
      if let end = tokenizer?.eosID { stop.insert(end) }
    }
    let generation = try model.generate(
      prompts: prompts,
      options: GenerationOptions(
        maxNewTokens: maxNewTokens, stop: stop, sampling: seed.map { .temperature(1, seed: $0) } ?? .greedy))
    return zip(prompts, generation.sequences).map { prompt, generated in
      Continuation(
        prompt: prompt, tokens: generated.text, text: tokenizer?.decode(generated.text), stopped: generated.stopped)
    }
  }
}

/// A file of token ids that cannot be used.
public struct TokenFileError: Error, CustomStringConvertible {
  /// The file.
  public let file: String
  /// What is wrong with it.
  public let found: String

  /// What was found, what was expected, where, and what to do.
  public var description: String {
    "\(file): error: \(found); expected a list of lists of token ids, as in [[1, 2, 3], [4, 5]]"
  }
}
