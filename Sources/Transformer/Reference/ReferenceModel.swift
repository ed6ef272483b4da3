import Foundation

/// The Llama family in float64, one number at a time: slow, plain, and what the fast engine is held against.
///
/// It shares no arithmetic with the engine. Read it to learn what a transformer computes; every buffer's shape is given.
public struct ReferenceModel: Sendable {
  /// What is computed.
  public let configuration: ModelConfiguration
  private let weights: [Parameter.Role: [Double]]

  /// What one sequence gave.
  public struct Output: Sendable {
    /// `[tokens][vocab]`
    public let logits: [[Double]]
    /// `[tokens][width]` under each hook that the reference yields: the residual stream, `attn_out`, `mlp_out` and the
    /// last norm.
    public let activations: [HookPoint: [[Double]]]
    /// `[heads][query][key]` for each layer.
    public let patterns: [[[[Double]]]]
  }

  /// A reference over weights given by tensor name, each in row-major order.
  ///
  /// - Throws: ``CheckpointError`` if a tensor is missing or has another size.
  public init(configuration: ModelConfiguration, weights: [String: [Double]]) throws {
    self.configuration = configuration
    var byRole: [Parameter.Role: [Double]] = [:]
    for parameter in configuration.parameters {
      guard let values = weights[parameter.name] else {
        throw CheckpointError.missingTensor(
          name: parameter.name, shape: parameter.shape, source: "the weights in memory", nearest: nil)
      }
      guard values.count == parameter.count else {
        throw CheckpointError.wrongShape(
          name: parameter.name, expected: parameter.shape, found: [values.count], source: "the weights in memory")
      }
      byRole[parameter.role] = values
    }
    self.weights = byRole
  }

  /// Runs one sequence, every position at once, causally.
  public func forward(_ tokens: [Int]) -> Output {
    let c = configuration
    var activations: [HookPoint: [[Double]]] = [:]
    var patterns: [[[[Double]]]] = []

    // The residual stream: [tokens][d_model]
    let embedding = weights[.embedding] ?? []
    var residual = tokens.map { Array(embedding[$0 * c.width..<($0 + 1) * c.width]) }
    activations[HookPoint(.embed)] = residual

    for layer in 0..<c.layers {
      activations[HookPoint(.residPre, layer: layer)] = residual

      let (attention, pattern) = attend(norm(residual, .attentionNorm(layer: layer)), layer: layer)
      activations[HookPoint(.attnOut, layer: layer)] = attention
      patterns.append(pattern)
      residual = sum(residual, attention)
      activations[HookPoint(.residMid, layer: layer)] = residual

      let forward = feedForward(norm(residual, .feedForwardNorm(layer: layer)), layer: layer)
      activations[HookPoint(.mlpOut, layer: layer)] = forward
      residual = sum(residual, forward)
      activations[HookPoint(.residPost, layer: layer)] = residual
    }

    let final = norm(residual, .finalNorm)
    activations[HookPoint(.lnFinalNormalized)] = final
    // logits[t][v] = sum over i of final[t][i] * unembedding[v][i]
    let logits = project(final, c.tiedEmbeddings ? .embedding : .unembedding, outputs: c.vocabularySize)
    return Output(logits: logits, activations: activations, patterns: patterns)
  }

  /// Grouped-query causal attention: `[tokens][d_model]` to `[tokens][d_model]`, and its pattern.
  private func attend(_ x: [[Double]], layer: Int) -> (output: [[Double]], pattern: [[[Double]]]) {
    let c = configuration
    // [tokens][heads * d_head], [tokens][kv_heads * d_head]
    let q = rotate(project(x, .query(layer: layer), outputs: c.queryWidth), heads: c.heads)
    let k = rotate(project(x, .key(layer: layer), outputs: c.keyValueWidth), heads: c.keyValueHeads)
    let v = project(x, .value(layer: layer), outputs: c.keyValueWidth)

    var pattern = Array(
      repeating: Array(repeating: Array(repeating: 0.0, count: x.count), count: x.count), count: c.heads)
    var mixed = Array(repeating: Array(repeating: 0.0, count: c.queryWidth), count: x.count)
    for head in 0..<c.heads {
      let own = head * c.headSize
      let shared = head / (c.heads / c.keyValueHeads) * c.headSize
      for query in x.indices {
        // A query sees the keys up to its own position: the others are never looked at.
        let scores = (0...query).map { key in
          (0..<c.headSize).reduce(0) { $0 + q[query][own + $1] * k[key][shared + $1] } / Double(c.headSize).squareRoot()
        }
        let largest = scores.max() ?? 0
        let exponentials = scores.map { exp($0 - largest) }
        let total = exponentials.reduce(0, +)
        for key in 0...query {
          let share = exponentials[key] / total
          pattern[head][query][key] = share
          for i in 0..<c.headSize { mixed[query][own + i] += share * v[key][shared + i] }
        }
      }
    }
    return (project(mixed, .attentionOutput(layer: layer), outputs: c.width), pattern)
  }

  /// SwiGLU (Shazeer 2020): `down(silu(gate(x)) * up(x))`, `[tokens][d_model]` to `[tokens][d_model]`.
  private func feedForward(_ x: [[Double]], layer: Int) -> [[Double]] {
    // [tokens][d_mlp]
    let gate = project(x, .gate(layer: layer), outputs: configuration.feedForwardWidth)
    let up = project(x, .up(layer: layer), outputs: configuration.feedForwardWidth)
    let hidden = zip(gate, up).map { gate, up in zip(gate, up).map { $0 / (1 + exp(-$0)) * $1 } }
    return project(hidden, .down(layer: layer), outputs: configuration.width)
  }

  /// RMSNorm (Zhang and Sennrich 2019): `x / sqrt(mean(x^2) + epsilon) * weight`.
  private func norm(_ x: [[Double]], _ role: Parameter.Role) -> [[Double]] {
    let weight = weights[role] ?? []
    return x.map { row in
      let meanSquare = row.reduce(0) { $0 + $1 * $1 } / Double(row.count)
      let scale = (meanSquare + configuration.normEpsilon).squareRoot()
      return zip(row, weight).map { $0 / scale * $1 }
    }
  }

  /// `x . weight^T`: `[tokens][inputs]` to `[tokens][outputs]`, for weights stored `[outputs, inputs]`.
  private func project(_ x: [[Double]], _ role: Parameter.Role, outputs: Int) -> [[Double]] {
    let weight = weights[role] ?? []
    return x.map { row in
      (0..<outputs).map { output in
        let begin = output * row.count
        return row.indices.reduce(0) { $0 + row[$1] * weight[begin + $1] }
      }
    }
  }

  /// Turns the pair `(i, i + d_head / 2)` of every head by `position * frequency[i]`.
  private func rotate(_ x: [[Double]], heads: Int) -> [[Double]] {
    let half = configuration.headSize / 2
    let frequencies = configuration.rotary.frequencies(headSize: configuration.headSize)
    return x.enumerated().map { position, row in
      var turned = row
      for head in 0..<heads {
        for i in 0..<half {
          let angle = Double(position) * frequencies[i]
          let a = head * 2 * half + i
          turned[a] = row[a] * cos(angle) - row[a + half] * sin(angle)
          turned[a + half] = row[a + half] * cos(angle) + row[a] * sin(angle)
        }
      }
      return turned
    }
  }

  private func sum(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    zip(a, b).map { zip($0, $1).map(+) }
  }
}
