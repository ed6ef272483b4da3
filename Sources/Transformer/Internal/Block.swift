import Tensor

/// The weights of one block, packed for the kernels. Shapes are those of ``Parameter/Role``; what the architecture does
/// not have is `nil`.
struct Block: Sendable {
  let attentionNorm, attentionPostNorm: Norm?
  let query, key, value: Projection
  let queryNorm, keyNorm: Norm?
  let attentionOutput: Projection
  let feedForwardNorm, feedForwardPostNorm: Norm?
  let gate: Projection?
  let up, down: Projection

  /// The block with other matrices that write to the residual stream.
  func writing(attention: Projection, feedForward: Projection) -> Block {
    Block(
      attentionNorm: attentionNorm, attentionPostNorm: attentionPostNorm, query: query, key: key, value: value,
      queryNorm: queryNorm, keyNorm: keyNorm, attentionOutput: attention, feedForwardNorm: feedForwardNorm,
      feedForwardPostNorm: feedForwardPostNorm, gate: gate, up: up, down: feedForward)
  }

  var projections: [Projection] { [query, key, value, attentionOutput, up, down] + (gate.map { [$0] } ?? []) }
}

/// A norm's weights: `[width]` each.
struct Norm: Sendable {
  let weight: Buffer
  let bias: Buffer?
}

/// A matrix with what is added to its product.
struct Projection: Sendable {
  let matrix: PackedMatrix
  /// `[outputs]`
  let bias: Tensor?

  func multiply(_ x: Buffer, rows: Int, into y: Buffer) {
    matrix.multiply(x.pointer, rows: rows, bias: bias, into: y.pointer)
  }
}
