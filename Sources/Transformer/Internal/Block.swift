import Tensor

/// The weights of one block, packed for the kernels. Shapes are those of ``Parameter/Role``.
struct Block: Sendable {
  let attentionNorm: Buffer
  let query, key, value, attentionOutput: PackedMatrix
  let feedForwardNorm: Buffer
  let gate, up, down: PackedMatrix
}
