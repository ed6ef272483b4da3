import Foundation
import Transformer

/// Over which positions a run's answer is spread: each is patched from another run, one at a time, and the effect on what
/// the last token predicts is its size.
package struct CausalSpread {
  /// `[layer][sequence][position]`: how much less the answer is when the position is as in the other run.
  package let effects: [[[Double]]]
  /// The answers of the run as it is, and of the other run. `[sequence]`
  package let base: [Double]
  package let source: [Double]

  /// - Parameters:
  ///   - base: the run that is patched; the answer is read at each sequence's last token.
  ///   - source: sequences of the same lengths.
  ///   - answer: what is read, from the logits `[vocab]` of a sequence.
  /// - Throws: ``ChangedByNothing`` if patching a run into itself changes an answer by a bit.
  package init(
    of model: Model, base: [[Int]], source: [[Int]], site: HookSite = .residPre, layers: [Int],
    progress: (@Sendable (Int, Int) throws -> Void)? = nil,
    answer: @escaping @Sendable (_ logits: [Float], _ sequence: Int) throws -> Double
  ) throws {
    let hooks = layers.map { HookPattern(HookPoint(site, layer: $0)) }
    let own = try model.forward(base, capture: hooks, logits: .none).activations
    let other = try model.forward(source, capture: hooks, logits: .last)
    let longest = base.map(\.count).max() ?? 0
    func patch(_ hook: HookPattern, at position: Int, from activations: Activations) -> [Intervention] {
      [
        Intervention(
          at: [hook], positions: .indices(base.map { position < $0.count ? [position] : [] }),
          operation: .replace(from: activations))
      ]
    }
    let arms = hooks.flatMap { hook in (0..<longest).map { patch(hook, at: $0, from: other.activations) } }
    let noOp = hooks.map { [Intervention(at: [$0], operation: .replace(from: own))] }
    let values = try Sweep(of: model, over: base, arms: [[]] + noOp + arms, logits: .last)
      .run(progress: progress) { cell in try answer(cell.logits.values, cell.sequence) }.values
    let unchanged = values[0]
    guard values[1...noOp.count].allSatisfy({ $0 == unchanged }) else { throw ChangedByNothing() }
    self.base = unchanged
    self.source = try source.indices.map { try answer(other.logits(sequence: $0).values, $0) }
    effects = layers.indices.map { layer in
      base.indices.map { sequence in
        base[sequence].indices.map { unchanged[sequence] - values[1 + noOp.count + layer * longest + $0][sequence] }
      }
    }
  }

  /// Of how many positions each sequence's answer is made at a layer; `nil` where no position does anything.
  package func effectiveNumbers(layer: Int) -> [Double?] { effects[layer].map(EffectiveNumber.of) }

  /// The log-probability of a token.
  static func logProbability(_ logits: [Float], of token: Int) -> Double {
    let top = Double(logits.max() ?? 0)
    return Double(logits[token]) - top - log(logits.reduce(0) { $0 + exp(Double($1) - top) })
  }
}
