import Foundation
import Tensor

/// Every family in float64, one number at a time: slow, plain, and what the fast engine is held against.
///
/// It shares no arithmetic with the engine. Read it to learn what a transformer computes; every buffer's shape is given.
/// Weights are read when they are needed, so that a model of any size has a reference.
public struct ReferenceModel: Sendable {
  /// What is computed.
  public let configuration: ModelConfiguration
  private let weights: any ReferenceWeights
  private let parameters: [Parameter.Role: Parameter]

  /// What one sequence gave.
  public struct Output: Sendable {
    /// `[tokens][vocab]`
    public fileprivate(set) var logits: [[Double]] = []
    /// `[tokens][width]` under each hook that the reference yields: the residual stream, what the modules give and what
    /// is added of it, and the last norm.
    public fileprivate(set) var activations: [HookPoint: [[Double]]] = [:]
    /// `[heads][query][key]` for each layer.
    public fileprivate(set) var patterns: [[[[Double]]]] = []
  }

  /// A reference over the stored tensors, by name, each in row-major order.
  ///
  /// - Throws: ``CheckpointError`` if a tensor is missing or has another size.
  public init(configuration: ModelConfiguration, weights: [String: [Double]]) throws {
    let prefix = configuration.family.definition.optionalPrefix
    let values = try configuration.parameters.map { parameter in
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
      return (parameter.role, parameter.pick(from: values))
    }
    self.init(configuration, ReferenceWeightsInMemory(values: Dictionary(uniqueKeysWithValues: values)))
  }

  /// A reference over the weights of a model directory or a GGUF file, as they are stored.
  ///
  /// - Throws: what `Model.load(from:)` throws.
  public init(contentsOf url: URL) throws {
    if GGUFFile.isOne(url) {
      let checkpoint = try GGUFCheckpoint(path: url.path)
      self.init(checkpoint.configuration, checkpoint)
    } else {
      let checkpoint = try Checkpoint(directory: url)
      self.init(checkpoint.configuration, checkpoint)
    }
  }

  private init(_ configuration: ModelConfiguration, _ weights: some ReferenceWeights) {
    self.configuration = configuration
    self.weights = weights
    parameters = Dictionary(uniqueKeysWithValues: configuration.parameters.map { ($0.role, $0) })
  }

  /// Calls `body` with a way to read the rows of a matrix `[outputs, inputs]`, or the one row that a vector is.
  func withRows<R>(of role: Parameter.Role, _ body: ((Int) -> [Double]) throws -> R) throws -> R {
    guard let parameter = parameters[role] else {
      throw CheckpointError.missingTensor(
        name: "\(role)", shape: [], source: "a model of the family \(configuration.family.rawValue)", nearest: nil)
    }
    return try weights.withRows(of: parameter, body)
  }

  /// A vector; `nil` where the architecture has none in that place.
  func vector(_ role: Parameter.Role) throws -> [Double]? {
    parameters[role] == nil ? nil : try withRows(of: role) { row in row(0) }
  }

  /// Runs one sequence, every position at once, causally.
  ///
  /// - Throws: an error of the checkpoint's files.
  public func forward(_ tokens: [Int]) throws -> Output { try forward([tokens])[0] }

  /// Runs sequences side by side, so that every weight is read once for all of them.
  ///
  /// - Parameters:
  ///   - sequences: token ids.
  ///   - isKept: which hooks' values, and which layers' patterns, are wanted; all if nothing is said.
  ///   - progress: told behind each layer how many of them are done, of how many with the unembedding. What it throws
  ///     stops the run.
  /// - Throws: an error of the checkpoint's files.
  public func forward(
    _ sequences: [[Int]], keeping isKept: (HookPoint) -> Bool = { _ in true },
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> [Output] {
    let c = configuration
    // Sequences lie end to end; below, `tokens` counts those of all of them.
    let ends = sequences.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let ranges = zip(ends, ends.dropFirst()).map { $0..<$1 }
    var outputs = sequences.map { _ in Output() }
    func keep(_ rows: [[Double]], _ point: HookPoint) {
      guard isKept(point) else { return }
      for (index, range) in ranges.enumerated() { outputs[index].activations[point] = Array(rows[range]) }
    }

    // The residual stream: [tokens][d_model]
    var residual = try withRows(of: .embedding) { row in
      sequences.joined().map { row($0).map { $0 * c.embeddingScale } }
    }
    keep(residual, HookPoint(.embed))
    if c.architecture.hasLearnedPositions {
      let positions = try withRows(of: .positionEmbedding) { row in sequences.flatMap { $0.indices.map(row) } }
      keep(positions, HookPoint(.posEmbed))
      residual = sum(residual, positions)
    }

    for layer in 0..<c.layers {
      func point(_ site: HookSite) -> HookPoint { HookPoint(site, layer: layer) }
      keep(residual, point(.residPre))

      let (module, patterns) = try attend(
        norm(residual, .attentionNorm(layer: layer)), layer: layer, sequences: ranges)
      let attention = try norm(module, .attentionPostNorm(layer: layer))
      keep(module, point(.attnModuleOut))
      keep(attention, point(.attnOut))
      if isKept(point(.pattern)) {
        for (index, pattern) in patterns.enumerated() { outputs[index].patterns.append(pattern) }
      }
      let middle = sum(residual, attention)
      if !c.architecture.isParallel { keep(middle, point(.residMid)) }

      // Parallel sublayers read the same stream.
      let hidden = try feedForward(
        norm(c.architecture.isParallel ? residual : middle, .feedForwardNorm(layer: layer)), layer: layer)
      let forward = try norm(hidden, .feedForwardPostNorm(layer: layer))
      keep(hidden, point(.mlpModuleOut))
      keep(forward, point(.mlpOut))
      residual = sum(middle, forward)
      keep(residual, point(.residPost))
      try progress(layer + 1, c.layers + 1)
    }

    let final = try norm(residual, .finalNorm)
    keep(final, HookPoint(.lnFinalNormalized))
    // logits[t][v] = sum over i of final[t][i] * unembedding[v][i]
    var logits = try project(final, c.tiedEmbeddings ? .embedding : .unembedding, outputs: c.vocabularySize)
    if let cap = c.logitCap {
      for token in logits.indices { logits[token] = logits[token].map { capped($0, at: cap) } }
    }
    for (index, range) in ranges.enumerated() { outputs[index].logits = Array(logits[range]) }
    try progress(c.layers + 1, c.layers + 1)
    return outputs
  }
}
