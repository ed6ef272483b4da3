import Experiment
import Statistics
import Transformer

/// The difference of two tokens' logits between harmful and harmless prompts, as each block finds it: the residual
/// stream at the last token, carried as it is through the last norm and the unembedding.
struct LogitGap {
  /// Before each block, and behind the last. `[layers + 1]`
  let curve: [Estimate]
  /// The block that makes the jump: the curve is best cut in two before and behind it.
  let block: Estimate
  /// The mean behind the cut less the mean before it.
  let jump: Estimate
  /// The share of the curve's variance that one step explains; a straight line leaves about a quarter unexplained.
  let explained: Estimate
  /// What the block itself adds, of what there is in the end.
  let share: Estimate

  init(_ words: [String], of prompts: CategoryPrompts, in context: CellContext, _ resamples: Resamples) throws {
    let subject = try context.subject
    let configuration = subject.model.configuration
    let end = HookPoint(.residPost, layer: configuration.layers - 1)
    let places = (0..<configuration.layers).map { HookPoint(.residPre, layer: $0) } + [end]
    let forward = try subject.model.forward(
      prompts.tokens, capture: places.map { HookPattern($0) }, at: .last, logits: .none)
    let last = prompts.prompts.map { $0.tokens.count - 1 }
    let arms = try places.map { place in
      let rows = try last.indices.map { index in
        (values: try forward.activation(place, sequence: index).values, positions: [last[index]])
      }
      return [
        Intervention(
          at: end, positions: .last,
          operation: .replace(from: try Activations(end, rows: rows, configuration: configuration)))
      ]
    }
    let differences = try Sweep(
      of: subject.model, over: prompts.tokens, arms: arms, tokens: words.map { subject.tokenizer.encode($0)[0] }
    ).run { cell in Double(cell.logits.values[0]) - Double(cell.logits.values[1]) }.values

    let isHarmful = prompts.categories.map { !$0.isEmpty }
    func gaps(_ counts: [Int32]) -> [Double]? {
      var weights = (harmful: 0.0, harmless: 0.0)
      for (index, count) in counts.enumerated() {
        if isHarmful[index] { weights.harmful += Double(count) } else { weights.harmless += Double(count) }
      }
      guard weights.harmful > 0, weights.harmless > 0 else { return nil }
      let shares = counts.enumerated().map { index, count in
        isHarmful[index] ? Double(count) / weights.harmful : -Double(count) / weights.harmless
      }
      return differences.map { row in zip(row, shares).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    guard let whole = gaps(differences[0].map { _ in 1 }), whole.contains(where: { $0 != 0 }) else { throw NoGap() }
    func point(_ counts: [Int32]) throws -> ChangePoint? { try gaps(counts).map { try ChangePoint($0) } }
    curve = try places.indices.map { place in try resamples.percentile { gaps($0)?[place] } }
    block = try resamples.percentile { try point($0).map { Double($0.index - 1) } }
    jump = try resamples.percentile { try point($0)?.jump }
    explained = try resamples.percentile { try point($0)?.explained }
    share = try resamples.percentile { counts in
      guard let gaps = gaps(counts), let index = try point(counts)?.index, gaps[gaps.count - 1] != 0 else {
        return nil
      }
      return (gaps[index] - gaps[index - 1]) / gaps[gaps.count - 1]
    }
  }
}
