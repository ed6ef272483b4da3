import Foundation
import Tensor

/// Every family in float64, one number at a time: slow, plain, and what the fast engine is held against.
///
/// It shares no arithmetic with the engine. Read it to learn what a transformer computes; every buffer's shape is given.
public struct ReferenceModel: Sendable {
  /// What is computed.
  public let configuration: ModelConfiguration
  let weights: [Parameter.Role: [Double]]

  /// What one sequence gave.
  public struct Output: Sendable {
    /// `[tokens][vocab]`
    public let logits: [[Double]]
    /// `[tokens][width]` under each hook that the reference yields: the residual stream, what the modules give and what
    /// is added of it, and the last norm.
    public let activations: [HookPoint: [[Double]]]
    /// `[heads][query][key]` for each layer.
    public let patterns: [[[[Double]]]]
  }

  /// A reference over the stored tensors, by name, each in row-major order.
  ///
  /// - Throws: ``CheckpointError`` if a tensor is missing or has another size.
  public init(configuration: ModelConfiguration, weights: [String: [Double]]) throws {
    let prefix = configuration.family.definition.optionalPrefix
    try self.init(configuration: configuration) { parameter in
      let bare = prefix.flatMap { parameter.name.hasPrefix($0) ? String(parameter.name.dropFirst($0.count)) : nil }
      guard let values = weights[parameter.name] ?? bare.flatMap({ weights[$0] }) else {
        throw CheckpointError.missingTensor(
          name: parameter.name, shape: parameter.storedShape, source: "the weights in memory", nearest: nil)
      }
      guard values.count == parameter.storedShape.reduce(1, *) else {
        throw CheckpointError.wrongShape(
          name: parameter.name, expected: parameter.storedShape, found: [values.count],
          source: "the weights in memory")
      }
      return parameter.pick(from: values)
    }
  }

  /// A reference over the weights of a model directory or a GGUF file, as they are stored.
  ///
  /// - Throws: what `Model.load(from:)` throws.
  public init(contentsOf url: URL) throws {
    if GGUFFile.isOne(url) {
      let checkpoint = try GGUFCheckpoint(path: url.path)
      try self.init(configuration: checkpoint.configuration) { try checkpoint.tensor($0).values.map(Double.init) }
    } else {
      let checkpoint = try Checkpoint(directory: url)
      try self.init(configuration: checkpoint.configuration) { try checkpoint.tensor($0).values.map(Double.init) }
    }
  }

  private init(configuration: ModelConfiguration, values: (Parameter) throws -> [Double]) throws {
    self.configuration = configuration
    weights = try Dictionary(uniqueKeysWithValues: configuration.parameters.map { ($0.role, try values($0)) })
  }

  /// Runs one sequence, every position at once, causally.
  public func forward(_ tokens: [Int]) -> Output {
    let c = configuration
    var activations: [HookPoint: [[Double]]] = [:]
    var patterns: [[[[Double]]]] = []

    // The residual stream: [tokens][d_model]
    let embedding = weights[.embedding] ?? []
    var residual = tokens.map { token in
      embedding[token * c.width..<(token + 1) * c.width].map { $0 * c.embeddingScale }
    }
    activations[HookPoint(.embed)] = residual
    if let table = weights[.positionEmbedding] {
      let positions = tokens.indices.map { Array(table[$0 * c.width..<($0 + 1) * c.width]) }
      activations[HookPoint(.posEmbed)] = positions
      residual = sum(residual, positions)
    }

    for layer in 0..<c.layers {
      func keep(_ site: HookSite, _ rows: [[Double]]) { activations[HookPoint(site, layer: layer)] = rows }
      keep(.residPre, residual)

      let (module, pattern) = attend(norm(residual, .attentionNorm(layer: layer)), layer: layer)
      let attention = norm(module, .attentionPostNorm(layer: layer))
      keep(.attnModuleOut, module)
      keep(.attnOut, attention)
      patterns.append(pattern)
      let middle = sum(residual, attention)
      if !c.architecture.isParallel { keep(.residMid, middle) }

      // Parallel sublayers read the same stream.
      let hidden = feedForward(
        norm(c.architecture.isParallel ? residual : middle, .feedForwardNorm(layer: layer)), layer: layer)
      let forward = norm(hidden, .feedForwardPostNorm(layer: layer))
      keep(.mlpModuleOut, hidden)
      keep(.mlpOut, forward)
      residual = sum(middle, forward)
      keep(.residPost, residual)
    }

    let final = norm(residual, .finalNorm)
    activations[HookPoint(.lnFinalNormalized)] = final
    // logits[t][v] = sum over i of final[t][i] * unembedding[v][i]
    let logits = project(final, c.tiedEmbeddings ? .embedding : .unembedding, outputs: c.vocabularySize)
    return Output(
      logits: logits.map { $0.map { capped($0, at: c.logitCap) } }, activations: activations, patterns: patterns)
  }
}
