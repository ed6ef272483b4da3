import Kernels

extension TrainableModel {
  /// From the last residual stream to the losses and back: `scratch.losses` `[rows]`, then the gradient of
  /// `sum(weights * losses)` with respect to every parameter in ``gradients``.
  ///
  /// - Parameters:
  ///   - tokens: what ``forward(_:_:dropped:)`` was given.
  ///   - targets: the id that each row predicts.
  ///   - rowWeights: weight of each row's loss.
  ///   - observe: called with `d(resid_pre)` `[rows, d_model]` of each layer, last layer first; valid only meanwhile.
  func backward(
    _ tokens: [Int], targets: [Int32], weights rowWeights: [Float],
    observe: (_ layer: Int, _ gradient: UnsafePointer<Float>) -> Void = { _, _ in }
  ) {
    backwardHead(targets, rowWeights)
    for layer in blocks.indices.reversed() {
      backward(blocks[layer], tapes[layer])
      observe(layer, scratch.stream.base)
    }
    backwardEmbedding(tokens)
  }

  /// Losses, the unembedding's gradient, and the gradient of the last residual stream, which replaces the stream.
  private func backwardHead(_ targets: [Int32], _ rowWeights: [Float]) {
    let width = shape.width
    let vocabulary = shape.vocabularySize
    let count = targets.count
    // The stream itself is needed for the norm's gradients; its own gradient goes elsewhere first.
    let gradient = scratch.outputGradient.base
    loop.run(count, grain: Self.rowGrain) { rows in
      let first = rows.lowerBound
      let logits = scratch.logits.base + first * vocabulary
      unembed(first: first, count: rows.count)
      targets.withUnsafeBufferPointer { targets in
        rowWeights.withUnsafeBufferPointer { rowWeights in
          guard let target = targets.baseAddress, let weight = rowWeights.baseAddress else { return }
          kernels_cross_entropy(
            logits, Int64(vocabulary), target + first, scratch.losses.base + first, scratch.logSumExp.base + first,
            Int64(rows.count), Int64(vocabulary))
          kernels_cross_entropy_backward(
            logits, Int64(vocabulary), scratch.logSumExp.base + first, target + first, weight + first, logits,
            Int64(vocabulary), Int64(rows.count), Int64(vocabulary))
        }
      }
      let normGradient = scratch.normGradient.base + first * width
      unembedding.multiplyBack(logits, stride: vocabulary, rows: rows.count, into: normGradient, stride: width)
      (gradient + first * width).update(repeating: 0, count: rows.count * width)
      kernels_rms_norm_backward(
        scratch.stream.base + first * width, Int64(width), weights.base + layout.finalNorm,
        scratch.finalInverse.base + first, normGradient, Int64(width), gradient + first * width, Int64(width),
        Int64(rows.count), Int64(width))
    }
    multiplyForWeights(
      [
        WeightProduct(
          outputGradient: scratch.logits, outputs: vocabulary, input: scratch.final, inputs: width,
          offset: layout.unembedding)
      ],
      norms: [
        NormProduct(
          input: scratch.stream, inverse: scratch.finalInverse, outputGradient: scratch.normGradient,
          offset: layout.finalNorm)
      ], rows: count)
    scratch.stream.base.update(from: gradient, count: count * width)
  }

  /// Replaces the stream's gradient after the block by the one before it, for the rows that passed through the block.
  private func backward(_ block: Block, _ tape: BlockTape) {
    let count = tape.rows.count
    let width = shape.width
    let feedForwardWidth = shape.feedForwardWidth
    let queryKeyValueWidth = shape.queryKeyValueWidth
    let epsilon = Float(configuration.normEpsilon)

    loop.run(count, grain: Self.rowGrain) { rows in
      let first = rows.lowerBound
      let rowCount = rows.count
      let outputGradient = scratch.outputGradient.base + first * width
      let middleGradient = scratch.middleGradient.base + first * width
      let middle = tape.middle.base + first * width
      let gateUp = tape.gateUp.base + first * 2 * feedForwardWidth
      let gateUpGradient = scratch.gateUpGradient.base + first * 2 * feedForwardWidth
      let productGradient = scratch.productGradient.base + first * feedForwardWidth
      let normGradient = scratch.normGradient.base + first * width
      for row in rows {
        (scratch.outputGradient.base + row * width)
          .update(from: scratch.stream.base + tape.rows.sources[row] * width, count: width)
      }
      middleGradient.update(from: outputGradient, count: rowCount * width)
      block.down.multiplyBack(
        outputGradient, stride: width, rows: rowCount, into: productGradient, stride: feedForwardWidth)
      kernels_gated_silu_backward(
        gateUp, gateUp + feedForwardWidth, Int64(2 * feedForwardWidth), productGradient, Int64(feedForwardWidth),
        gateUpGradient, gateUpGradient + feedForwardWidth, Int64(2 * feedForwardWidth),
        scratch.product.base + first * feedForwardWidth, Int64(feedForwardWidth), Int64(rowCount),
        Int64(feedForwardWidth))
      block.gateUp.multiplyBack(
        gateUpGradient, stride: 2 * feedForwardWidth, rows: rowCount, into: normGradient, stride: width)
      kernels_rms_norm(
        middle, Int64(width), weights.base + block.offsets.feedForwardNorm, 0, epsilon,
        scratch.normalised.base + first * width, Int64(width), nil, Int64(rowCount), Int64(width))
      kernels_rms_norm_backward(
        middle, Int64(width), weights.base + block.offsets.feedForwardNorm, tape.feedForwardInverse.base + first,
        normGradient, Int64(width), middleGradient, Int64(width), Int64(rowCount), Int64(width))
      block.attentionOutput.multiplyBack(
        middleGradient, stride: width, rows: rowCount, into: scratch.mixedGradient.base + first * shape.queryWidth,
        stride: shape.queryWidth)
    }

    attentionTasks(tape.rows) { span, head, thread in
      var attention = attention(tape, span)
      let gradient = scratch.queryKeyValueGradient.base + span.start * queryKeyValueWidth
      kernels_attention_backward(
        &attention, tape.pattern.base + span.pattern, scratch.mixedGradient.base + span.start * shape.queryWidth,
        Int64(shape.queryWidth), gradient, Int64(queryKeyValueWidth), gradient + shape.queryWidth,
        gradient + shape.queryWidth + shape.keyValueWidth, Int64(queryKeyValueWidth), Int64(head), Int64(head + 1),
        scratch.attention[thread].base)
    }

    loop.run(count, grain: Self.rowGrain) { rows in
      let first = rows.lowerBound
      let rowCount = rows.count
      let input = tape.input.base + first * width
      let gradient = scratch.queryKeyValueGradient.base + first * queryKeyValueWidth
      let normGradient = scratch.normGradientAgain.base + first * width
      tape.rows.positions.withUnsafeBufferPointer { positions in
        guard let base = positions.baseAddress else { return }
        rotate(gradient, positions: base + first, count: rowCount, inverse: true)
      }
      block.queryKeyValue.multiplyBack(
        gradient, stride: queryKeyValueWidth, rows: rowCount, into: normGradient, stride: width)
      kernels_rms_norm(
        input, Int64(width), weights.base + block.offsets.attentionNorm, 0, epsilon,
        scratch.normalisedAgain.base + first * width, Int64(width), nil, Int64(rowCount), Int64(width))
      // The middle's gradient is still needed for the weights: the input's collects in the stream's own rows.
      for row in rows {
        (scratch.stream.base + tape.rows.sources[row] * width)
          .update(from: scratch.middleGradient.base + row * width, count: width)
        kernels_rms_norm_backward(
          tape.input.base + row * width, Int64(width), weights.base + block.offsets.attentionNorm,
          tape.attentionInverse.base + row, scratch.normGradientAgain.base + row * width, Int64(width),
          scratch.stream.base + tape.rows.sources[row] * width, Int64(width), 1, Int64(width))
      }
    }

    multiplyForWeights(
      [
        WeightProduct(
          outputGradient: scratch.gateUpGradient, outputs: 2 * feedForwardWidth, input: scratch.normalised,
          inputs: width, offset: block.offsets.gateUp),
        WeightProduct(
          outputGradient: scratch.outputGradient, outputs: width, input: scratch.product, inputs: feedForwardWidth,
          offset: block.offsets.down),
        WeightProduct(
          outputGradient: scratch.queryKeyValueGradient, outputs: queryKeyValueWidth, input: scratch.normalisedAgain,
          inputs: width, offset: block.offsets.queryKeyValue),
        WeightProduct(
          outputGradient: scratch.middleGradient, outputs: width, input: tape.mixed, inputs: shape.queryWidth,
          offset: block.offsets.attentionOutput),
      ],
      norms: [
        NormProduct(
          input: tape.middle, inverse: tape.feedForwardInverse, outputGradient: scratch.normGradient,
          offset: block.offsets.feedForwardNorm),
        NormProduct(
          input: tape.input, inverse: tape.attentionInverse, outputGradient: scratch.normGradientAgain,
          offset: block.offsets.attentionNorm),
      ], rows: count)
  }

  /// Adds each row's gradient to its token's, rows in increasing order.
  private func backwardEmbedding(_ tokens: [Int]) {
    let width = shape.width
    let gradient = gradients.base + layout.embedding
    if layout.embedding != layout.unembedding {
      gradient.update(repeating: 0, count: shape.vocabularySize * width)
    }
    for (row, token) in tokens.enumerated() {
      kernels_add(gradient + token * width, scratch.stream.base + row * width, gradient + token * width, Int64(width))
    }
  }
}
