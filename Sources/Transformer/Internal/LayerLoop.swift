import Kernels
import Tensor

/// Runs blocks over a residual stream that lies in a workspace: from any layer to any layer, with or without caches.
///
/// A run from the middle needs the residual stream there and, for the positions before, the caches' keys and values.
struct LayerLoop {
  let model: Model
  let workspace: Workspace
  let observer: Observer

  var configuration: ModelConfiguration { model.configuration }

  /// Puts the tokens' embeddings into the residual stream.
  func embed(_ segments: [Segment]) throws {
    let width = configuration.width
    let scale = Float(configuration.embeddingScale)
    for segment in segments {
      for (i, token) in segment.tokens.enumerated() {
        let row = workspace.residual + (segment.row + i) * width
        model.embedding.copyRow(token, into: row)
        if scale != 1 { kernels_scale(row, scale, row, Int64(width)) }
      }
    }
    try observer.visit(.embed, 0, workspace.residual, segments)
    guard let positions = model.positionEmbedding else { return }
    positions.withUnsafePointer { table in
      for segment in segments {
        (workspace.branch + segment.row * width).update(
          from: table + segment.start * width, count: segment.count * width)
      }
    }
    try observer.visit(.posEmbed, 0, workspace.branch, segments)
    add(workspace.branch, rows: Self.rows(segments))
  }

  /// Runs a range of blocks. The residual stream enters as `resid_pre` of the first and leaves as `resid_post` of the
  /// last.
  ///
  /// - Parameters:
  ///   - lastOnly: whether only the last position of each stretch is read afterwards; what the model's last block would
  ///     compute for the others is then left out, unless something watches there.
  ///   - before: called before each block with its number.
  /// - Returns: the stretches that the workspace holds afterwards: the same, or their last positions alone.
  @discardableResult
  func run(
    _ segments: [Segment], layers: Range<Int>, lastOnly: Bool = false, before: (Int) throws -> Void = { _ in }
  ) throws -> [Segment] {
    guard !segments.isEmpty else { return segments }
    for segment in segments {
      for i in 0..<segment.count { workspace.positions[segment.row + i] = Int32(segment.start + i) }
      if segment.extendsCache { segment.cache?.reserve(segment.end) }
    }
    var current = segments
    for layer in layers {
      try before(layer)
      let block = model.blocks[layer]
      try observer.visit(.residPre, layer, workspace.residual, segments)
      let isReduced = lastOnly && layer == configuration.layers - 1 && !observer.watchesBehind(.residPre, layer)
      current = try attention(block, layer, segments, onlyLast: isReduced)
      let rows = Self.rows(current)
      if configuration.architecture.isParallel {
        // Both read the stream as it came in.
        try feedForward(block, layer, current, rows, into: workspace.otherBranch)
        add(workspace.branch, rows: rows)
        add(workspace.otherBranch, rows: rows)
      } else {
        add(workspace.branch, rows: rows)
        try observer.visit(.residMid, layer, workspace.residual, current)
        try feedForward(block, layer, current, rows, into: workspace.branch)
        add(workspace.branch, rows: rows)
      }
      try observer.visit(.residPost, layer, workspace.residual, current)
    }
    for segment in segments where segment.extendsCache { segment.cache?.advance(by: segment.count) }
    return current
  }

  /// The norm before the unembedding, into `workspace.normalized`.
  func finalNorm(_ segments: [Segment]) throws {
    guard !segments.isEmpty else { return }
    try norm(
      model.finalNorm, of: workspace.residual, into: workspace.normalized, .lnFinalScale, .lnFinalNormalized, 0,
      segments, Self.rows(segments))
  }

  /// The logits of some rows of `workspace.normalized`: `[rows.count * vocab]`, or as many to a row as `head` has outputs.
  ///
  /// - Parameter head: some rows of the unembedding; all of it if `nil`.
  func unembed(rows: [Int], with head: PackedMatrix? = nil) -> [Float] {
    let width = configuration.width
    let input = Buffer(rows.count * width)
    for (i, row) in rows.enumerated() {
      (input + i * width).update(from: workspace.normalized + row * width, count: width)
    }
    return model.unembed(input.pointer, rows: rows.count, with: head ?? model.unembedding)
  }

  // MARK: Sublayers

  static func rows(_ segments: [Segment]) -> Int { segments.last.map { $0.row + $0.count } ?? 0 }

  private func add(_ branch: Buffer, rows: Int) {
    let residual = workspace.residual.pointer
    Threads.split(rows * configuration.width, grain: 1 << 16, pieces: 1) { range in
      let begin = range.lowerBound
      kernels_add(residual + begin, branch + begin, residual + begin, Int64(range.count))
    }
  }

  private func feedForward(
    _ block: Block, _ layer: Int, _ segments: [Segment], _ rows: Int, into branch: Buffer
  ) throws {
    let w = workspace
    let width = Int64(configuration.feedForwardWidth)
    var input = w.residual
    if let before = block.feedForwardNorm {
      try norm(before, of: w.residual, into: w.normalized, .ln2Scale, .ln2Normalized, layer, segments, rows)
      input = w.normalized
    }
    (block.gate ?? block.up).multiply(input, rows: rows, into: w.hidden)
    try observer.visit(.mlpPre, layer, w.hidden, segments)
    if block.gate != nil {
      block.up.multiply(input, rows: rows, into: w.up)
      try observer.visit(.mlpPreLinear, layer, w.up, segments)
    }
    let isGated = block.gate != nil
    let kind = configuration.architecture.activation.kernel
    Threads.split(rows, grain: 64) { range in
      let offset = range.lowerBound * configuration.feedForwardWidth
      kernels_activate(
        kind, w.hidden + offset, width, isGated ? UnsafePointer(w.up + offset) : nil, width, w.hidden + offset, width,
        Int64(range.count), width)
    }
    try observer.visit(.mlpPost, layer, w.hidden, segments)
    block.down.multiply(w.hidden, rows: rows, into: branch)
    try observer.visit(.mlpModuleOut, layer, branch, segments)
    if let behind = block.feedForwardPostNorm {
      try norm(behind, of: branch, into: branch, .ln2PostScale, .ln2PostNormalized, layer, segments, rows)
    }
    try observer.visit(.mlpOut, layer, branch, segments)
  }

  /// A norm over the residual stream's width, with what watches its scale and its output.
  func norm(
    _ norm: Norm, of input: Buffer, into output: Buffer, _ scale: HookSite, _ normalized: HookSite, _ layer: Int,
    _ segments: [Segment], _ rows: Int
  ) throws {
    let width = configuration.width
    guard observer.watches(scale, layer) else {
      self.norm(norm, of: input, into: output, rows: rows, width: width)
      return try observer.visit(normalized, layer, output, segments)
    }
    // The output may overwrite the input.
    let original = Buffer(observer.intervenes(scale, layer) ? rows * width : 0)
    if original.count > 0 { original.pointer.update(from: input.pointer, count: rows * width) }
    self.norm(norm, of: input, into: output, rows: rows, width: width)
    for row in 0..<rows { workspace.inverse.pointer[row] = 1 / workspace.inverse.pointer[row] }
    let scales = Array(UnsafeBufferPointer(start: workspace.inverse.pointer, count: rows))
    try observer.visit(scale, layer, workspace.inverse, segments)
    if original.count > 0 {
      for row in 0..<rows where workspace.inverse.pointer[row].bitPattern != scales[row].bitPattern {
        rescale(norm, original + row * width, by: 1 / workspace.inverse.pointer[row], into: output + row * width)
      }
    }
    try observer.visit(normalized, layer, output, segments)
  }

  /// One row of a norm whose inverse scale was changed: `[d_model]`.
  private func rescale(
    _ norm: Norm, _ input: UnsafePointer<Float>, by inverse: Float, into output: UnsafeMutablePointer<Float>
  ) {
    let width = configuration.width
    let kind = configuration.architecture.norm
    var mean = 0.0
    if kind == .layer {
      for i in 0..<width { mean += Double(input[i]) }
      mean /= Double(width)
    }
    for i in 0..<width {
      let normalised = (input[i] - Float(mean)) * inverse
      let weight = norm.weight.pointer[i] + (kind == .zeroCentredRMS ? 1 : 0)
      output[i] = (norm.bias?.pointer[i] ?? 0).addingProduct(normalised, weight)
    }
  }

  /// A norm row by row; leaves each row's inverse scale in `workspace.inverse` where rows are positions.
  func norm(_ norm: Norm, of input: Buffer, into output: Buffer, rows: Int, width: Int) {
    let epsilon = Float(configuration.normEpsilon)
    let inverse = rows <= workspace.rows ? workspace.inverse.pointer : nil
    let kind = configuration.architecture.norm
    Threads.split(rows, grain: max(1, (1 << 16) / width), pieces: 1) { range in
      let count = Int64(range.count)
      let (from, to) = (input + range.lowerBound * width, output + range.lowerBound * width)
      let inverse = inverse.map { $0 + range.lowerBound }
      switch kind {
      case .rms, .zeroCentredRMS:
        kernels_rms_norm(
          from, Int64(width), norm.weight.pointer, kind == .zeroCentredRMS ? 1 : 0, epsilon, to, Int64(width), inverse,
          count, Int64(width))
      case .layer:
        kernels_layer_norm(
          from, Int64(width), norm.weight.pointer, norm.bias?.pointer, epsilon, to, Int64(width), nil, inverse,
          count, Int64(width))
      }
    }
  }
}

extension Architecture.Activation {
  var kernel: kernels_activation {
    switch self {
    case .silu: KERNELS_SILU
    case .gelu: KERNELS_GELU_ERF
    case .geluTanh: KERNELS_GELU_TANH
    case .relu: KERNELS_RELU
    }
  }
}
