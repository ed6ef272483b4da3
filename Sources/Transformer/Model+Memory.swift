import Tensor

extension Model {
  /// Bytes of the buffers that a run over whole sequences works in, logits of the last positions included.
  ///
  /// - Parameters:
  ///   - sequences: how many there are.
  ///   - longest: tokens of the longest.
  ///   - limits: what a batch may hold.
  public func bufferBytes(sequences: Int, longest: Int, limits: BatchLimits = .current) -> Int {
    let c = configuration
    func most(_ budget: Int) -> Int { max(longest, min(budget, sequences * longest)) }
    let batches = min(Threads.count, max(1, sequences)) * most(batchTokens(limits))
    let rows = splitsProducts ? max(batches, most(tokenBudget(limits))) : batches
    let residual = (c.architecture.isParallel ? 4 : 3) * c.width
    let floats =
      residual + 2 * c.queryWidth + 2 * c.keyValueWidth + (c.architecture.isGated ? 2 : 1) * c.feedForwardWidth + 1
    let together = min(sequences, max(1, rows / max(1, longest)) + 1)
    return MemoryLayout<Float>.stride * (rows * floats + 2 * together * c.vocabularySize)
  }

  /// Bytes of the keys and values of all sequences that are generated side by side.
  ///
  /// - Parameters:
  ///   - sequences: how many there are in all.
  ///   - longest: tokens of the longest, with what is generated.
  ///   - limits: what a batch may hold.
  public func keyValueBytes(sequences: Int, longest: Int, limits: BatchLimits = .current) -> Int {
    let workers = splitsProducts ? 1 : Threads.count
    let together = min(sequences, workers * min(GenerationOptions.standardBatchSize, limits.sequences))
    // A cache that is full doubles its room.
    return together * 2 * longest * 2 * configuration.layers * configuration.keyValueWidth
      * MemoryLayout<Float>.stride
  }

  /// Bytes that a sweep keeps of the unchanged run at one time: of as many sequences as the limit allows, of one at least.
  ///
  /// - Parameters:
  ///   - sequences: how many there are in all.
  ///   - longest: tokens of the longest.
  ///   - limits: what may be kept.
  public func keptBytes(sequences: Int, longest: Int, limits: BatchLimits = .current) -> Int {
    let one = longest * keptBytesPerToken
    return max(one, min(sequences * one, limits.keptBytes))
  }

  /// Keys, values and the residual stream at every layer, of one token of a sweep's unchanged run.
  var keptBytesPerToken: Int {
    let c = configuration
    return MemoryLayout<Float>.stride * (c.layers * 2 * c.keyValueWidth + (c.layers + 1) * c.width)
  }

  /// Bytes of activations: one float32 for each element of a hook of width `d_model`.
  public func activationBytes(places: Int) -> Int {
    places * configuration.width * MemoryLayout<Float>.stride
  }
}
