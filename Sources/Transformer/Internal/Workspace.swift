/// The memory that a batch is computed in, used again for the next: nothing is allocated for each token or layer.
final class Workspace {
  let rows: Int
  /// The residual stream: `[rows, d_model]`
  let residual: Buffer
  /// Output of a norm: `[rows, d_model]`
  let normalized: Buffer
  /// What a sublayer adds: `[rows, d_model]`
  let branch: Buffer
  /// What the second of two parallel sublayers adds: `[rows, d_model]`
  let otherBranch: Buffer
  /// `[rows, heads, d_head]` each
  let q, z: Buffer
  /// `[rows, kv_heads, d_head]` each
  let k, v: Buffer
  /// `[rows, d_mlp]` each; the second only where there is a gate.
  let hidden, up: Buffer
  /// Inverse root mean square, or standard deviation, of each row: `[rows]`
  let inverse: Buffer
  /// Each row's position in its sequence.
  var positions: [Int32]

  init(rows: Int, configuration c: ModelConfiguration) {
    self.rows = rows
    residual = Buffer(rows * c.width)
    normalized = Buffer(rows * c.width)
    branch = Buffer(rows * c.width)
    otherBranch = Buffer(c.architecture.isParallel ? rows * c.width : 0)
    q = Buffer(rows * c.queryWidth)
    z = Buffer(rows * c.queryWidth)
    k = Buffer(rows * c.keyValueWidth)
    v = Buffer(rows * c.keyValueWidth)
    hidden = Buffer(rows * c.feedForwardWidth)
    up = Buffer(c.architecture.isGated ? rows * c.feedForwardWidth : 0)
    inverse = Buffer(rows)
    positions = Array(repeating: 0, count: rows)
  }
}
