/// Where a sweep's cell first differs from the unchanged run.
struct SweepStart: Hashable {
  /// The block in which it does: -1 for the embeddings, the number of blocks for what lies behind them.
  let layer: Int
  /// The first position that differs anywhere.
  let position: Int
  /// The positions that differ when they leave that block, where they are not all from `position` on: what is changed
  /// behind a block's keys and values stays at its position until the next block.
  let leavingBlock: Range<Int>?

  /// What one intervention changes first.
  private struct Change {
    let layer: Int
    let isReadByLaterPositions: Bool
    let positions: Range<Int>

    /// `nil` if it reaches no position.
    init?(_ intervention: PreparedIntervention, in sequence: Int, _ plan: ForwardPlan) {
      let reached = (0..<plan.sequences[sequence].count).filter {
        intervention.source.positions.contains(
          $0, ofSequence: sequence, promptLength: plan.promptLengths[sequence])
      }
      func layer(_ point: HookPoint) -> Int {
        point.site.isPerLayer ? point.layer : point.site.isBehindBlocks ? plan.layers : -1
      }
      guard let first = reached.first, let last = reached.last, let layer = intervention.points.map(layer).min() else {
        return nil
      }
      self.layer = layer
      isReadByLaterPositions = intervention.points.contains { $0.layer == layer && $0.site.isReadByLaterPositions }
      positions = first..<last + 1
    }
  }

  init(of arm: [PreparedIntervention], in sequence: Int, _ plan: ForwardPlan) {
    let changes = arm.compactMap { Change($0, in: sequence, plan) }
    let count = plan.sequences[sequence].count
    // An unchanged cell needs no more than what its logits are read from.
    let position = changes.reduce(plan.logits == .all ? 0 : count - 1) { min($0, $1.positions.lowerBound) }
    let layer = changes.reduce(plan.layers) { min($0, $1.layer) }
    let inBlock = changes.filter { $0.layer == layer }
    let begin = inBlock.map(\.positions.lowerBound).min() ?? position
    let leaving = begin..<(inBlock.map(\.positions.upperBound).max() ?? count)
    // A shorter stretch must not be turned by other angles than the whole sequence.
    let stays =
      (0..<plan.layers).contains(layer) && !inBlock.contains(where: \.isReadByLaterPositions)
      && !plan.model.rotary.dependOnLength
    leavingBlock = stays && leaving != position..<count ? leaving : nil
    // From the very beginning nothing is reused.
    self.layer = layer == 0 && position == 0 && leavingBlock == nil ? -1 : layer
    self.position = position
  }

  /// Before which blocks the unchanged residual stream is needed.
  var residuals: [Int] { (layer < 0 ? [] : [layer]) + (leavingBlock == nil ? [] : [layer + 1]) }

  /// Whether keys and values of earlier positions are needed, in a run of some blocks.
  func needsPrefix(layers: Int) -> Bool { layer < layers && max(position, leavingBlock?.lowerBound ?? 0) > 0 }
}
