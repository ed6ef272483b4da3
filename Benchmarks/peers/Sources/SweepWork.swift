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

  /// `[layers * positions]`
  func run(on model: Model) throws -> [Double] {
    let kept = try model.forward([source], capture: [HookPattern(.residPre)], logits: .none)
    return try (0..<layers).flatMap { try sweep(layer: $0, kept, model) }
  }

  /// All positions of one layer, side by side: `[positions]`.
  private func sweep(layer: Int, _ kept: Forward, _ model: Model) throws -> [Double] {
    let hook = HookPoint(.residPre, layer: layer)
    let stream = try kept.activation(hook, sequence: 0)
    let replacement = try Activations(
      hook, rows: base.indices.map { (values: stream.row($0).values, positions: [$0]) },
      configuration: model.configuration)
    let patch = Intervention(
      at: hook, positions: .indices(base.indices.map { [$0] }), operation: .replace(from: replacement))
    let forward = try model.forward(Array(repeating: base, count: base.count), interventions: [patch])
    return try base.indices.map { try difference(of: forward.logits(sequence: $0)) }
  }

  private func difference(of logits: Tensor) -> Double {
    Double(logits[0, answer[0]]) - Double(logits[0, answer[1]])
  }

  func digest(_ output: [Double]) -> [Double] { output }
}
