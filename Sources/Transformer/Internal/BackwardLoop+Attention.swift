import Kernels
import Tensor

extension BackwardLoop {
  /// Through attention: from the gradient of what it adds to that of the residual stream that it reads.
  func attention(_ block: Block, _ layer: Int, _ branch: Buffer) throws {
    let c = configuration
    func point(_ site: HookSite) -> HookPoint { HookPoint(site, layer: layer) }
    visit(.attnOut, layer, branch)
    if let behind = block.attentionPostNorm {
      try postNorm(behind, branch, .attnModuleOut, .ln1PostNormalized, .ln1PostScale, layer)
    }
    visit(.attnModuleOut, layer, branch)
    if wants(point(.result)) { keepResults(branch, point(.result)) }
    let z = Buffer(rows * c.queryWidth)
    back(block.attentionOutput, branch, into: z)
    visit(.z, layer, z)

    let isTurned = !c.architecture.hasLearnedPositions
    let queries = try values(point(isTurned ? .rotQ : .q))
    let keys = try values(point(isTurned ? .rotK : .k))
    let mixed = Mixed(
      q: queries, k: keys, v: try values(point(.v)), dz: z, dq: Buffer(rows * c.queryWidth),
      dk: Buffer(rows * c.keyValueWidth), dv: Buffer(rows * c.keyValueWidth))
    for segment in segments { try mix(mixed, layer, segment) }
    visit(.v, layer, mixed.dv)
    if isTurned {
      visit(.rotQ, layer, mixed.dq)
      visit(.rotK, layer, mixed.dk)
      turnBack(mixed.dq, heads: c.heads, layer)
      turnBack(mixed.dk, heads: c.keyValueHeads, layer)
    }
    try headNorm(block.queryNorm, mixed.dq, point(.q))
    try headNorm(block.keyNorm, mixed.dk, point(.k))
    visit(.q, layer, mixed.dq)
    visit(.k, layer, mixed.dk)
    let input = Buffer(rows * c.width)
    back(block.query, mixed.dq, into: input)
    back(block.key, mixed.dk, into: input, accumulate: true)
    back(block.value, mixed.dv, into: input, accumulate: true)
    try read(input, block.attentionNorm, .residPre, .ln1Normalized, .ln1Scale, layer)
  }

  /// What attention read, turned, and the gradients of it: `[rows, heads, d_head]`.
  private struct Mixed {
    let q, k, v: Buffer
    let dz: Buffer
    let dq, dk, dv: Buffer
  }

  /// One sequence's attention, head by head; the heads that share keys one after the other.
  private func mix(_ mixed: Mixed, _ layer: Int, _ segment: Segment) throws {
    let c = configuration
    let (tokens, size) = (segment.count, c.headSize)
    let scale = c.scoreScale ?? 1 / Double(size).squareRoot()
    let pattern = try forward.tensor(HookPoint(.pattern, layer: layer), sequence: segment.slot)
    let capped = try c.scoreCap.map { _ in
      try forward.tensor(HookPoint(.attnScores, layer: layer), sequence: segment.slot)
    }
    let (patternPoint, scorePoint) = (HookPoint(.pattern, layer: layer), HookPoint(.attnScores, layer: layer))
    // [heads, query, key]
    let patternSlopes = Buffer(wants(patternPoint) ? c.heads * tokens * tokens : 0)
    let scoreSlopes = Buffer(wants(scorePoint) ? c.heads * tokens * tokens : 0)
    pattern.withUnsafePointer { pattern in
      Threads.split(c.keyValueHeads) { range in
        var slopes = [Double](repeating: 0, count: tokens)
        for head in range.lowerBound * (c.heads / c.keyValueHeads)..<range.upperBound * (c.heads / c.keyValueHeads) {
          let own = head * size
          let shared = head / (c.heads / c.keyValueHeads) * size
          for query in 0..<tokens {
            let row = segment.row + query
            let dz = mixed.dz + row * c.queryWidth + own
            let share = pattern + (head * tokens + query) * tokens
            let seen = max(0, query + 1 - (c.window(layer: layer) ?? tokens))...query
            var mean = 0.0
            for key in seen {
              let place = (segment.row + key) * c.keyValueWidth + shared
              var slope = 0.0
              for i in 0..<size {
                slope += Double(dz[i]) * Double((mixed.v + place)[i])
                (mixed.dv + place)[i] += share[key] * dz[i]
              }
              slopes[key] = slope
              mean += slope * Double(share[key])
            }
            if patternSlopes.count > 0 {
              for key in seen { patternSlopes.pointer[(head * tokens + query) * tokens + key] = Float(slopes[key]) }
            }
            let dq = mixed.dq + row * c.queryWidth + own
            for key in seen {
              var slope = Double(share[key]) * (slopes[key] - mean)
              let place = (head * tokens + query) * tokens + key
              if scoreSlopes.count > 0 { scoreSlopes.pointer[place] = Float(slope) }
              if let cap = c.scoreCap, let capped {
                let bent = capped.withUnsafePointer { Double($0[place]) } / cap
                slope *= 1 - bent * bent
              }
              let (weight, k) = (Float(slope * scale), (segment.row + key) * c.keyValueWidth + shared)
              for i in 0..<size {
                dq[i] += weight * (mixed.k + k)[i]
                (mixed.dk + k)[i] += weight * (mixed.q + row * c.queryWidth + own)[i]
              }
            }
          }
        }
      }
    }
    if patternSlopes.count > 0 { keepPairwise(patternSlopes, patternPoint, segment) }
    if scoreSlopes.count > 0 { keepPairwise(scoreSlopes, scorePoint, segment) }
  }

  private func keepPairwise(_ slopes: Buffer, _ point: HookPoint, _ segment: Segment) {
    let (kept, tokens) = (keptPositions(of: segment), segment.count)
    var values: [Float] = []
    for head in 0..<configuration.heads {
      for position in kept {
        values += UnsafeBufferPointer(start: slopes + (head * tokens + position) * tokens, count: tokens)
      }
    }
    keep(Activations.Entry(values: values, positions: kept, keys: tokens), point, segment.sequence)
  }

  /// Every head's part is added as it is, so that all have the gradient of their sum.
  private func keepResults(_ branch: Buffer, _ point: HookPoint) {
    let width = configuration.width
    for segment in segments {
      let kept = keptPositions(of: segment)
      var values: [Float] = []
      for position in kept {
        for _ in 0..<configuration.heads {
          values += UnsafeBufferPointer(start: branch + (segment.row + position) * width, count: width)
        }
      }
      keep(Activations.Entry(values: values, positions: kept), point, segment.sequence)
    }
  }

  /// The transpose of a rotation turns back.
  private func turnBack(_ x: Buffer, heads: Int, _ layer: Int) {
    let c = configuration
    let turned = Int64(c.rotary(layer: layer).width(headSize: c.headSize))
    for segment in segments {
      let table = model.rotary.rows(isLocal: c.window(layer: layer) != nil, positions: segment.end)
      let (first, stride) = (x + segment.row * heads * c.headSize, Int64(heads * c.headSize))
      kernels_rotary(
        first, stride, (0..<Int32(segment.count)).map { $0 }, table.cosine.pointer, table.sine.pointer, true, first,
        stride, Int64(segment.count), Int64(heads), Int64(c.headSize), turned)
    }
  }

  private func headNorm(_ norm: Norm?, _ gradient: Buffer, _ input: HookPoint) throws {
    guard let norm else { return }
    try self.norm(norm, of: values(input), gradient.copy(), scale: nil, into: gradient)
  }
}
