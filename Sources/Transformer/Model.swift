import Foundation
import Kernels
import Tensor

/// A transformer ready to run: a configuration and its weights, packed for the kernels in their own type.
///
///     let model = try Model.load(from: directory)
///     let forward = try model.forward(prompts, capture: [HookPattern(.residPost)], at: .last)
///     let residual = try forward.activation(HookPoint(.residPost, layer: 5), sequence: 0)   // [1, d_model]
///
/// The bits of every activation depend on the weights and the tokens before it only: not on the batch, on threads, on
/// the instruction set, or on whether a cache was used. (With LongRoPE they depend on the sequence's length too: see
/// ``Rotary/LongRope``.)
public final class Model: Sendable {
  /// What is computed.
  public let configuration: ModelConfiguration
  /// SHA-256 over `config.json` and the weights' bytes; over the configuration and weights for a model from memory.
  public let digest: Digest

  /// `[vocab, d_model]`; the same object as ``unembedding`` where embeddings are tied.
  let embedding: PackedMatrix
  /// `[vocab, d_model]`
  let unembedding: PackedMatrix
  /// `[positions, d_model]`, where positions are learned.
  let positionEmbedding: Tensor?
  /// `[d_model]`
  let finalNorm: Norm
  let blocks: [Block]
  let rotary: RotaryTables

  /// Reads a model: a directory as Hugging Face writes it, with `config.json` beside `model.safetensors` or its shards,
  /// or a GGUF file.
  ///
  /// - Throws: ``ConfigurationError``, ``CheckpointError``, `SafetensorsError`, `GGUFError` or `FileError`, each naming
  ///   the file and the key or tensor.
  public static func load(from url: URL) throws -> Model {
    guard GGUFFile.isOne(url) else { return try Model(checkpoint: Checkpoint(directory: url)) }
    let checkpoint = try GGUFCheckpoint(path: url.path)
    return try Model(
      configuration: checkpoint.configuration, digest: checkpoint.digest, weights: checkpoint)
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
    func missing(_ role: Parameter.Role) -> CheckpointError {
      .missingTensor(name: "\(role)", shape: [], source: "the family", nearest: nil)
    }
    func parameter(_ role: Parameter.Role) throws -> Parameter {
      guard let parameter = byRole[role] else { throw missing(role) }
      return parameter
    }
    func matrix(_ role: Parameter.Role) throws -> PackedMatrix { try weights.matrix(parameter(role)) }
    func vector(_ role: Parameter.Role) throws -> Tensor? { try byRole[role].map { try weights.vector($0) } }
    func norm(_ role: Parameter.Role) throws -> Norm? {
      try vector(role).map {
        Norm(weight: Buffer($0.values), bias: try vector(.bias(of: role)).map { Buffer($0.values) })
      }
    }
    func projection(_ role: Parameter.Role) throws -> Projection {
      Projection(matrix: try matrix(role), bias: try vector(.bias(of: role)))
    }

    embedding = try matrix(.embedding)
    unembedding = configuration.tiedEmbeddings ? embedding : try matrix(.unembedding)
    positionEmbedding = try vector(.positionEmbedding)
    guard let finalNorm = try norm(.finalNorm) else { throw missing(.finalNorm) }
    self.finalNorm = finalNorm
    blocks = try (0..<configuration.layers).map { layer in
      Block(
        attentionNorm: try norm(.attentionNorm(layer: layer)),
        attentionPostNorm: try norm(.attentionPostNorm(layer: layer)),
        query: try projection(.query(layer: layer)), key: try projection(.key(layer: layer)),
        value: try projection(.value(layer: layer)), queryNorm: try norm(.queryNorm(layer: layer)),
        keyNorm: try norm(.keyNorm(layer: layer)), attentionOutput: try projection(.attentionOutput(layer: layer)),
        feedForwardNorm: try norm(.feedForwardNorm(layer: layer)),
        feedForwardPostNorm: try norm(.feedForwardPostNorm(layer: layer)),
        gate: configuration.architecture.isGated ? try projection(.gate(layer: layer)) : nil,
        up: try projection(.up(layer: layer)), down: try projection(.down(layer: layer)))
    }
    rotary = RotaryTables(configuration)
  }

  /// A model with some weights changed; tied embeddings come apart.
  init(_ model: Model, digest: Digest, embedding: PackedMatrix, positionEmbedding: Tensor?, blocks: [Block]) {
    var configuration = model.configuration
    configuration.tiedEmbeddings = false
    self.configuration = configuration
    self.digest = digest
    self.embedding = embedding
    self.positionEmbedding = positionEmbedding
    self.blocks = blocks
    unembedding = model.unembedding
    finalNorm = model.finalNorm
    rotary = model.rotary
  }

  /// Bytes that the weights take in memory.
  public var weightBytes: Int {
    var all = [unembedding]
    if !configuration.tiedEmbeddings { all.append(embedding) }
    for block in blocks { all += block.projections.map(\.matrix) }
    return all.reduce(0) { $0 + $1.byteCount }
  }

  /// The logits `[positions, vocab]` of what the last norm gave, `ln_final.hook_normalized` `[positions, d_model]`: the
  /// bits that a run which asks for logits gives.
  public func logits(ofNormalized x: Tensor) -> Tensor {
    precondition(
      x.width == configuration.width, "rows of \(x.width) numbers, where the model has \(configuration.width)")
    return Tensor([x.rowCount, configuration.vocabularySize]) { logits in
      x.withUnsafePointer { unembed($0, rows: x.rowCount, with: unembedding, into: logits) }
    }
  }

  /// `[rows * outputs]` of `[rows, d_model]`, where `head` is the unembedding or some of its rows.
  func unembed(_ normalized: UnsafePointer<Float>, rows: Int, with head: PackedMatrix) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows * head.outputs) { logits, count in
      count = rows * head.outputs
      guard let base = logits.baseAddress else { return }
      unembed(normalized, rows: rows, with: head, into: base)
    }
  }

  private func unembed(
    _ normalized: UnsafePointer<Float>, rows: Int, with head: PackedMatrix, into logits: UnsafeMutablePointer<Float>
  ) {
    head.multiply(normalized, rows: rows, into: logits)
    guard let cap = configuration.logitCap else { return }
    let count = Int64(rows * head.outputs)
    kernels_scale(logits, Float(1 / cap), logits, count)
    kernels_tanh(logits, logits, count)
    kernels_scale(logits, Float(cap), logits, count)
  }

  /// Whether a step of generation shares each product among threads, as is best where its weights must come from memory.
  /// A small model's batch is split by sequences.
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
