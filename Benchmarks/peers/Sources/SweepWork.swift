import Tensor
import Transformer

/// Residual-stream patching: at each layer and position in turn, the base run is given the source run's `resid_pre`, and
/// the difference of two tokens' logits is read at the last position.
struct SweepWork: Work {
  let base: [Int]
  let source: [Int]
  /// The two tokens.
  let answer: [Int]
  /// How many layers, from the first.
  let layers: Int

  /// `[layers * positions]`. The sample of cells that is run in full is part of the work.
  func run(on model: Model) throws -> [Double] {
    let hooks = (0..<layers).map { HookPoint(.residPre, layer: $0) }
    let kept = try model.forward(
      [source], capture: hooks.map { HookPattern($0) }, logits: .none, stopAfterLayer: layers - 1)
    let arms = hooks.flatMap { hook in
      base.indices.map { position in
        [Intervention(at: hook, positions: .indices([[position]]), operation: .replace(from: kept.activations))]
      }
    }
    let sweep = try Sweep(of: model, over: [base], arms: arms, tokens: answer)
    return try sweep.run { Double($0.logits[0, 0]) - Double($0.logits[0, 1]) }.values.map { $0[0] }
  }

  func digest(_ output: [Double]) -> [Double] { output }
}
