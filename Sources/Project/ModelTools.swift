import Experiment
import Foundation
import Tensor
import Tokenizer
import Transformer

/// What is done with a checkpoint by itself, without a document.
public enum ModelTools {
  /// What a checkpoint is: family, shape, parameters, memory, tokenizer.
  ///
  /// - Throws: an error of the checkpoint's or the tokenizer's files.
  public static func inspection(of directory: URL) throws -> [(name: String, value: String)] {
    let model = try Model.load(from: directory)
    let configuration = model.configuration
    var lines = [
      ("family", "\(configuration.family)"), ("layers", "\(configuration.layers)"),
      ("d_model", "\(configuration.width)"),
      ("heads", "\(configuration.heads) (\(configuration.keyValueHeads) for keys and values)"),
      ("d_head", "\(configuration.headSize)"), ("d_mlp", "\(configuration.feedForwardWidth)"),
      ("vocabulary", "\(configuration.vocabularySize)"), ("positions", "\(configuration.maximumPositions)"),
      ("parameters", "\(configuration.parameterCount)"),
      ("weights in memory", String(format: "%.1f MiB", Double(model.weightBytes) / 0x1p20)),
      ("digest", model.digest.hex),
    ]
    if Tokenizer.isPresent(at: directory) {
      let tokenizer = try Tokenizer.load(from: directory)
      lines += [
        ("tokens", "\(tokenizer.vocabularySize)"),
        ("special tokens", tokenizer.specialTokens.map(\.content).joined(separator: " ")),
        ("chat template", tokenizer.settings.chatTemplate == nil ? "none" : "yes"),
      ]
    }
    return lines
  }

  /// A hook with what it holds.
  public struct Hook: Sendable {
    /// Its full name, `blocks.*.` standing for every layer.
    public let name: String
    /// The name without its prefix, as documents may write it.
    public let short: String
    /// The shape of one position's value.
    public let shape: String
    /// Whether interventions can change it.
    public let isWritable: Bool
  }

  /// Every hook of a checkpoint, in the order in which a run meets them.
  ///
  /// - Throws: an error of the checkpoint's configuration.
  public static func hooks(of model: URL) throws -> [Hook] {
    let configuration = try ModelConfiguration(of: model)
    return HookSite.all(in: configuration).map { site in
      let sizes = site.shape(in: configuration).map(String.init) + (site.isPairwise ? ["query", "key"] : [])
      return Hook(
        name: HookPattern(site).description, short: site.shortName, shape: "[\(sizes.joined(separator: ", "))]",
        isWritable: site.isWritable)
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
