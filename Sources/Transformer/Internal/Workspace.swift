/// The memory that a batch is computed in, used again for the next: nothing is allocated for each token or layer.
final class Workspace {
  let rows: Int
  /// The residual stream: `[rows, d_model]`
  let residual: Buffer
  /// Output of a norm: `[rows, d_model]`
  let normalized: Buffer
  /// What a sublayer adds: `[rows, d_model]`
  let branch: Buffer
  /// `[rows, heads, d_head]` each
  let q, z: Buffer
  /// `[rows, kv_heads, d_head]` each
  let k, v: Buffer
  /// `[rows, d_mlp]` each
  let gate, up: Buffer
  /// Inverse root mean square of each row: `[rows]`
  let inverse: Buffer
  /// Each row's position in its sequence.
  var positions: [Int32]

  init(rows: Int, configuration c: ModelConfiguration) {
    self.rows = rows
    residual = Buffer(rows * c.width)
    normalized = Buffer(rows * c.width)
    branch = Buffer(rows * c.width)
    q = Buffer(rows * c.queryWidth)
    z = Buffer(rows * c.queryWidth)
    k = Buffer(rows * c.keyValueWidth)
    v = Buffer(rows * c.keyValueWidth)
    gate = Buffer(rows * c.feedForwardWidth)
    up = Buffer(rows * c.feedForwardWidth)
    inverse = Buffer(rows)
    positions = Array(repeating: 0, count: rows)
  }
}
