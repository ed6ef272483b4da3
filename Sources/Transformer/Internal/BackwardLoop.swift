import Kernels
import Tensor

/// The way back through the blocks: from slopes in the last position to gradients at every hook, in the opposite order
/// of ``LayerLoop``. Weights have no gradients here.
final class BackwardLoop {
  let model: Model
  /// What the run forward had at the hooks of ``tape(_:)``, by item.
  let forward: Activations
  let segments: [Segment]
  private let seeds: [GradientSeed]
  private let wanted: Set<HookPoint>
  private let positions: Positions
  private var kept: [(point: HookPoint, sequence: Int, entry: Activations.Entry)] = []
  /// The gradient of the residual stream: `[rows, d_model]`
  private let stream: Buffer

  var configuration: ModelConfiguration { model.configuration }
  let rows: Int

  init(
    model: Model, items: [Item], sequences: [[Int]], seeds: [GradientSeed], forward: Activations,
    wanted: Set<HookPoint>, at positions: Positions
  ) {
    (self.model, self.seeds, self.forward) = (model, seeds, forward)
    (self.wanted, self.positions) = (wanted, positions)
    var segments: [Segment] = []
    for (slot, item) in items.enumerated() {
      let tokens = sequences[item.sequence]
      segments.append(
        Segment(
          slot: slot, item: item, tokens: tokens[...], start: 0, promptLength: tokens.count,
          row: LayerLoop.rows(segments), cache: nil))
    }
    self.segments = segments
    rows = LayerLoop.rows(segments)
    stream = Buffer(rows * model.configuration.width)
  }

  /// The hooks of the run forward that the way back reads.
  static func tape(_ configuration: ModelConfiguration) -> [HookPattern] {
    let architecture = configuration.architecture
    var sites: [HookSite] = [.residPre, .residMid, .v, .pattern, .mlpPre, .mlpPreLinear]
    sites += architecture.hasLearnedPositions ? [.q, .k] : [.rotQ, .rotK]
    if architecture.headNorm != .none { sites += [.q, .k] }
    if configuration.scoreCap != nil { sites.append(.attnScores) }
    if architecture.normPlacement != .before { sites += [.attnModuleOut, .mlpModuleOut] }
    return Set(sites).filter { $0.exists(in: configuration) }.map { HookPattern($0) }
      + [HookPattern(HookPoint(.residPost, layer: configuration.layers - 1))]
  }

  /// Goes back through the whole model and hands over what was asked for.
  func run(into gradients: inout Activations) throws {
    try unembedding()
    // No further than anyone asks.
    let isDeep = wanted.contains { $0.site == .embed || $0.site == .posEmbed }
    let first = isDeep ? 0 : wanted.filter(\.site.isPerLayer).map(\.layer).min() ?? configuration.layers
    for layer in (first..<configuration.layers).reversed() { try block(layer) }
    if isDeep {
      visit(.embed, 0, stream)
      if configuration.architecture.hasLearnedPositions { visit(.posEmbed, 0, stream) }
    }
    for (point, sequence, entry) in kept { gradients.set(entry, point, sequence) }
    kept = []
  }

  // MARK: From the end to the beginning

  private func unembedding() throws {
    let width = configuration.width
    let normalized = Buffer(rows * width)
    let last = segments.map { $0.row + $0.count - 1 }
    let all = model.unembedding
    Threads.split(segments.count) { range in
      let row = Buffer(width)
      for token in 0..<all.outputs where range.contains(where: { self.slope(token, $0) != 0 }) {
        all.copyRow(token, into: row.pointer)
        for index in range {
          let (slope, sum) = (self.slope(token, index), normalized + last[index] * width)
          if slope != 0 { for i in 0..<width { sum[i].addProduct(slope, row.pointer[i]) } }
        }
      }
    }
    if let cap = configuration.logitCap { try uncap(normalized, last, cap: cap) }
    visit(.lnFinalNormalized, 0, normalized)
    let point = HookPoint(.residPost, layer: configuration.layers - 1)
    try norm(model.finalNorm, of: values(point), normalized, scale: HookPoint(.lnFinalScale), into: stream)
  }

  private func slope(_ token: Int, _ index: Int) -> Float {
    let logits = seeds[index].logits
    return logits.isEmpty ? 0 : logits[token]
  }

  /// With a soft cap the slope in the product is the slope in the logit times `1 - (logit / cap)^2`: the sum over
  /// tokens is taken again with it, since the logits have to be known first.
  private func uncap(_ normalized: Buffer, _ last: [Int], cap: Double) throws {
    let width = configuration.width
    let point = HookPoint(.residPost, layer: configuration.layers - 1)
    let all = model.unembedding
    let (input, output) = (Buffer(segments.count * width), Buffer(segments.count * width))
    let stream = try values(point)
    for (index, row) in last.enumerated() {
      (input + index * width).update(from: stream + row * width, count: width)
    }
    let workspace = Workspace(rows: segments.count, configuration: configuration)
    let loop = LayerLoop(model: model, workspace: workspace, observer: .idle(configuration))
    loop.norm(model.finalNorm, of: input, into: output, rows: segments.count, width: width)
    Threads.split(segments.count) { range in
      let row = Buffer(width)
      for index in range { (normalized + last[index] * width).update(repeating: 0, count: width) }
      for token in 0..<all.outputs where range.contains(where: { self.slope(token, $0) != 0 }) {
        all.copyRow(token, into: row.pointer)
        for index in range {
          var raw = 0.0
          for i in 0..<width { raw += Double(output.pointer[index * width + i]) * Double(row.pointer[i]) }
          let share = tanhSlope(raw / cap)
          let (slope, sum) = (Float(Double(self.slope(token, index)) * share), normalized + last[index] * width)
          if slope != 0 { for i in 0..<width { sum[i].addProduct(slope, row.pointer[i]) } }
        }
      }
    }
  }

  /// Turns the stream's gradient behind a block into the one before it.
  private func block(_ layer: Int) throws {
    let (block, architecture) = (model.blocks[layer], configuration.architecture)
    visit(.residPost, layer, stream)
    let behind = architecture.isParallel ? stream.copy() : nil
    try feedForward(block, layer)
    if !architecture.isParallel { visit(.residMid, layer, stream) }
    try attention(block, layer, behind ?? stream.copy())
    visit(.residPre, layer, stream)
  }

  private func feedForward(_ block: Block, _ layer: Int) throws {
    let width = configuration.feedForwardWidth
    let branch = stream.copy()
    visit(.mlpOut, layer, branch)
    if let behind = block.feedForwardPostNorm {
      try postNorm(behind, branch, .mlpModuleOut, .ln2PostNormalized, .ln2PostScale, layer)
    }
    visit(.mlpModuleOut, layer, branch)
    let hidden = Buffer(rows * width)
    back(block.down, branch, into: hidden)
    visit(.mlpPost, layer, hidden)

    let gate = try values(HookPoint(.mlpPre, layer: layer))
    let up = block.gate == nil ? nil : try values(HookPoint(.mlpPreLinear, layer: layer))
    let linear = Buffer(up == nil ? 0 : rows * width)
    let activation = configuration.architecture.activation
    Threads.split(rows * width, grain: 4_096) { range in
      for i in range {
        let (value, slope) = activation.valueAndSlope(Double(gate.pointer[i]))
        let outer = Double(hidden.pointer[i])
        if up != nil { linear.pointer[i] = Float(outer * value) }
        hidden.pointer[i] = Float(outer * slope * (up.map { Double($0.pointer[i]) } ?? 1))
      }
    }
    let input = Buffer(rows * configuration.width)
    if block.gate != nil { visit(.mlpPreLinear, layer, linear) }
    visit(.mlpPre, layer, hidden)
    back(block.gate ?? block.up, hidden, into: input)
    if block.gate != nil { back(block.up, linear, into: input, accumulate: true) }
    try read(
      input, block.feedForwardNorm, configuration.architecture.isParallel ? .residPre : .residMid, .ln2Normalized,
      .ln2Scale, layer)
  }

  /// Adds to the stream's gradient what a sublayer's input has: through the norm before it, if there is one.
  func read(
    _ input: Buffer, _ norm: Norm?, _ from: HookSite, _ normalized: HookSite, _ scale: HookSite, _ layer: Int
  ) throws {
    guard let norm else { return add(input, to: stream) }
    visit(normalized, layer, input)
    let through = Buffer(rows * configuration.width)
    try self.norm(
      norm, of: values(HookPoint(from, layer: layer)), input, scale: HookPoint(scale, layer: layer), into: through)
    add(through, to: stream)
  }

  /// Through a norm behind a sublayer, in place.
  func postNorm(
    _ norm: Norm, _ branch: Buffer, _ input: HookSite, _ normalized: HookSite, _ scale: HookSite, _ layer: Int
  ) throws {
    visit(normalized, layer, branch)
    let out = branch.copy()
    try self.norm(
      norm, of: values(HookPoint(input, layer: layer)), out, scale: HookPoint(scale, layer: layer), into: branch)
  }

  // MARK: Pieces

  /// What the run forward had at a hook, all items end to end: `[rows, width]`.
  func values(_ point: HookPoint) throws -> Buffer {
    let buffer = Buffer(rows * point.site.width(in: configuration))
    for segment in segments {
      guard let values = forward.entry(of: point, segment.slot)?.values else {
        throw HookError.notCaptured(name: point.description, captured: forward.hooks.map(\.description))
      }
      values.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return }
        (buffer + segment.row * (buffer.count / rows)).update(from: base, count: values.count)
      }
    }
    return buffer
  }

  /// `dx = dy W`: `[rows, outputs]` to `[rows, inputs]`.
  func back(_ projection: Projection, _ dy: Buffer, into dx: Buffer, accumulate: Bool = false) {
    projection.matrix.transposed().multiply(dy.pointer, rows: rows, accumulate: accumulate, into: dx.pointer)
  }

  private func add(_ x: Buffer, to sum: Buffer) {
    Threads.split(x.count, grain: 1 << 16, pieces: 1) { range in
      kernels_add(sum + range.lowerBound, x + range.lowerBound, sum + range.lowerBound, Int64(range.count))
    }
  }

  /// Adds the function's own slopes at a hook, then keeps the gradient if it was asked for.
  func visit(_ site: HookSite, _ layer: Int, _ gradient: Buffer) {
    let point = HookPoint(site, layer: layer)
    let width = gradient.count / max(1, rows)
    for segment in segments {
      guard let slopes = seeds[segment.slot].activations[point] else { continue }
      let row = gradient + (segment.row + segment.count - 1) * width
      for (i, slope) in slopes.enumerated() { row[i] += slope }
    }
    guard wants(point) else { return }
    for segment in segments {
      let kept = keptPositions(of: segment)
      var values: [Float] = []
      values.reserveCapacity(kept.count * width)
      for position in kept {
        values += UnsafeBufferPointer(start: gradient + (segment.row + position) * width, count: width)
      }
      keep(Activations.Entry(values: values, positions: kept), point, segment.sequence)
    }
  }

  func wants(_ point: HookPoint) -> Bool { wanted.contains(point) }

  func keep(_ entry: Activations.Entry, _ point: HookPoint, _ sequence: Int) { kept.append((point, sequence, entry)) }

  func keptPositions(of segment: Segment) -> [Int] {
    (0..<segment.count).filter {
      positions.contains($0, ofSequence: segment.sequence, promptLength: segment.promptLength)
    }
  }
}

extension Buffer {
  func copy() -> Buffer {
    let other = Buffer(count)
    other.pointer.update(from: pointer, count: count)
    return other
  }
}
