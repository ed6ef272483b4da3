import Foundation
import Tensor

/// A transformer ready to run: a configuration and its weights, packed for the kernels in their own type.
///
///     let model = try Model.load(directory: directory)
///     let forward = try model.forward(prompts, capture: [HookPattern(.residPost)], at: .last)
///     let residual = try forward.activation(HookPoint(.residPost, layer: 5), sequence: 0)   // [1, d_model]
///
/// The bits of every activation depend on the weights and the tokens before it only: not on the batch, on threads, on
/// the instruction set, or on whether a cache was used.
public final class Model: Sendable {
  /// What is computed.
  public let configuration: ModelConfiguration
  /// SHA-256 over `config.json` and the weights' bytes; over the configuration and weights for a model from memory.
  public let digest: Digest

  /// `[vocab, d_model]`; the same object as ``unembedding`` where embeddings are tied.
  let embedding: PackedMatrix
  /// `[vocab, d_model]`
  let unembedding: PackedMatrix
  /// `[d_model]`
  let finalNorm: Buffer
  let blocks: [Block]
  let rotary: RotaryTable

  /// Reads a model directory as Hugging Face writes it: `config.json` beside `model.safetensors` or its shards.
  ///
  /// - Throws: ``ConfigurationError``, ``CheckpointError``, `SafetensorsError` or `FileError`, each naming the file and
  ///   the key or tensor.
  public static func load(directory: URL) throws -> Model {
    try Model(checkpoint: Checkpoint(directory: directory))
  }

  /// A model over the weights of a checkpoint, kept in their own type.
  ///
  /// - Throws: `SafetensorsError` if a tensor cannot be read.
  public convenience init(checkpoint: Checkpoint) throws {
    try self.init(configuration: checkpoint.configuration, digest: checkpoint.digest, weights: checkpoint)
  }

  /// A model over float32 weights in memory, by their Hugging Face names.
  ///
  /// - Throws: ``CheckpointError`` if a tensor of ``ModelConfiguration/parameters`` is missing or has another shape.
  public convenience init(configuration: ModelConfiguration, weights: [String: Tensor]) throws {
    let source = try WeightsInMemory(weights, configuration: configuration)
    try self.init(configuration: configuration, digest: source.digest, weights: source)
  }

  private init(configuration: ModelConfiguration, digest: Digest, weights: some WeightSource) throws {
    self.configuration = configuration
    self.digest = digest
    let byRole = Dictionary(uniqueKeysWithValues: configuration.parameters.map { ($0.role, $0) })
    func parameter(_ role: Parameter.Role) throws -> Parameter {
      guard let parameter = byRole[role] else {
        throw CheckpointError.missingTensor(name: "\(role)", shape: [], source: "the family", nearest: nil)
      }
      return parameter
    }
    func matrix(_ role: Parameter.Role) throws -> PackedMatrix { try weights.matrix(parameter(role)) }
    func vector(_ role: Parameter.Role) throws -> Buffer { Buffer(try weights.vector(parameter(role)).values) }

    embedding = try matrix(.embedding)
    unembedding = configuration.tiedEmbeddings ? embedding : try matrix(.unembedding)
    finalNorm = try vector(.finalNorm)
    blocks = try (0..<configuration.layers).map { layer in
      Block(
        attentionNorm: try vector(.attentionNorm(layer: layer)), query: try matrix(.query(layer: layer)),
        key: try matrix(.key(layer: layer)), value: try matrix(.value(layer: layer)),
        attentionOutput: try matrix(.attentionOutput(layer: layer)),
        feedForwardNorm: try vector(.feedForwardNorm(layer: layer)), gate: try matrix(.gate(layer: layer)),
        up: try matrix(.up(layer: layer)), down: try matrix(.down(layer: layer)))
    }
    rotary = RotaryTable(configuration)
  }

  /// Bytes that the weights take in memory.
  public var weightBytes: Int {
    var all = [unembedding]
    if !configuration.tiedEmbeddings { all.append(embedding) }
    for block in blocks {
      all += [
        block.query, block.key, block.value, block.attentionOutput, block.gate, block.up, block.down,
      ]
    }
    return all.reduce(0) { $0 + $1.byteCount }
  }

  /// Whether threads share each product, as is best for large ones. A small model's batch is split by sequences.
  var splitsProducts: Bool { configuration.parameterCount > 50_000_000 }

  func check(_ sequences: [[Int]], longest: (Int) -> Int = { $0 }) throws {
    for (index, tokens) in sequences.enumerated() {
      guard !tokens.isEmpty else { throw SequenceError.empty(sequence: index) }
      if let position = tokens.firstIndex(where: { $0 < 0 || $0 >= configuration.vocabularySize }) {
        throw SequenceError.noSuchToken(
          sequence: index, position: position, token: tokens[position], vocabulary: configuration.vocabularySize)
      }
      guard longest(tokens.count) <= configuration.maximumPositions else {
        throw SequenceError.tooLong(
          sequence: index, tokens: longest(tokens.count), maximum: configuration.maximumPositions)
      }
    }
  }
}
