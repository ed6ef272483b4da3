import Kernels

extension TrainableModel {
  /// Runs tokens through the network and keeps on the tapes what ``backward(_:targets:weights:)`` needs.
  ///
  /// - Parameters:
  ///   - tokens: `[rows]`, sequences end to end.
  ///   - rows: how they are laid out.
  ///   - dropped: whether a block is left out for a sequence.
  func forward(_ tokens: [Int], _ rows: RaggedRows, dropped: (_ layer: Int, _ sequence: Int) -> Bool) {
    reserve(rows)
    let width = shape.width
    for (row, token) in tokens.enumerated() {
      (scratch.stream.base + row * width)
        .update(from: weights.base + layout.embedding + token * width, count: width)
    }
    for layer in blocks.indices {
      var kept = RaggedRows(heads: shape.heads)
      for (sequence, span) in rows.spans.enumerated() where !dropped(layer, sequence) {
        kept.append(length: span.length, source: span.start)
      }
      tapes[layer].rows = kept
      forward(blocks[layer], tapes[layer])
    }
  }

  /// Gathers the block's rows from the stream, and writes what comes out of the block back to their places.
  private func forward(_ block: Block, _ tape: BlockTape) {
    let width = shape.width
    let epsilon = Float(configuration.normEpsilon)
    let queryKeyValueWidth = shape.queryKeyValueWidth
    let feedForwardWidth = shape.feedForwardWidth

    loop.run(tape.rows.count, grain: Self.rowGrain) { rows in
      let first = rows.lowerBound
      for row in rows {
        (tape.input.base + row * width).update(from: scratch.stream.base + tape.rows.sources[row] * width, count: width)
      }
      let normalised = scratch.normalised.base + first * width
      kernels_rms_norm(
        tape.input.base + first * width, Int64(width), weights.base + block.offsets.attentionNorm, 0, epsilon,
        normalised, Int64(width), tape.attentionInverse.base + first, Int64(rows.count), Int64(width))
      let heads = tape.queryKeyValue.base + first * queryKeyValueWidth
      block.queryKeyValue.multiply(
        normalised, stride: width, rows: rows.count, into: heads, stride: queryKeyValueWidth)
      tape.rows.positions.withUnsafeBufferPointer { positions in
        guard let base = positions.baseAddress else { return }
        rotate(heads, positions: base + first, count: rows.count, inverse: false)
      }
    }

    let group = shape.heads / shape.keyValueHeads
    attentionTasks(tape.rows) { span, head, _ in
      var attention = attention(tape, span)
      let pattern = tape.pattern.base + span.pattern
      let (begin, end) = (Int64(head * group), Int64((head + 1) * group))
      kernels_attention_scores(&attention, pattern, begin, end, 0, attention.queries)
      kernels_attention_softmax(&attention, pattern, pattern, begin, end, 0, attention.queries)
      kernels_attention_mix(&attention, pattern, begin, end, 0, attention.queries)
    }

    loop.run(tape.rows.count, grain: Self.rowGrain) { rows in
      let first = rows.lowerBound
      let count = rows.count
      let input = tape.input.base + first * width
      let middle = tape.middle.base + first * width
      let normalised = scratch.normalised.base + first * width
      let gateUp = tape.gateUp.base + first * 2 * feedForwardWidth
      let product = scratch.product.base + first * feedForwardWidth
      block.attentionOutput.multiply(
        tape.mixed.base + first * shape.queryWidth, stride: shape.queryWidth, rows: count, into: normalised,
        stride: width)
      kernels_add(input, normalised, middle, Int64(count * width))
      kernels_rms_norm(
        middle, Int64(width), weights.base + block.offsets.feedForwardNorm, 0, epsilon, normalised, Int64(width),
        tape.feedForwardInverse.base + first, Int64(count), Int64(width))
      block.gateUp.multiply(normalised, stride: width, rows: count, into: gateUp, stride: 2 * feedForwardWidth)
      kernels_activate(
        KERNELS_SILU, gateUp, Int64(2 * feedForwardWidth), gateUp + feedForwardWidth, Int64(2 * feedForwardWidth),
        product, Int64(feedForwardWidth), Int64(count), Int64(feedForwardWidth))
      block.down.multiply(product, stride: feedForwardWidth, rows: count, into: normalised, stride: width)
      for row in rows {
        kernels_add(
          tape.middle.base + row * width, scratch.normalised.base + row * width,
          scratch.stream.base + tape.rows.sources[row] * width, Int64(width))
      }
    }
  }

  /// The last norm and the unembedding: logits `[rows, vocab]` of rows `[first, first + count)`.
  func unembed(first: Int, count: Int) {
    let width = shape.width
    let final = scratch.final.base + first * width
    kernels_rms_norm(
      scratch.stream.base + first * width, Int64(width), weights.base + layout.finalNorm, 0,
      Float(configuration.normEpsilon), final, Int64(width), scratch.finalInverse.base + first, Int64(count),
      Int64(width))
    unembedding.multiply(
      final, stride: width, rows: count, into: scratch.logits.base + first * shape.vocabularySize,
      stride: shape.vocabularySize)
  }
}
