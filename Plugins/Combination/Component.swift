import Experiment
import Transformer

/// A head or a feed-forward layer, which can be set to what it gives for harmless prompts on average.
struct Component: Hashable, Sendable {
  let layer: Int
  /// `nil` for the feed-forward layer.
  let head: Int?

  /// Every head and feed-forward layer of a model.
  static func all(of configuration: ModelConfiguration) -> [Component] {
    (0..<configuration.layers).flatMap { layer in
      (0..<configuration.heads).map { Component(layer: layer, head: $0) } + [Component(layer: layer, head: nil)]
    }
  }

  var hook: HookPoint { HookPoint(head == nil ? .mlpOut : .z, layer: layer) }

  /// What reports call it: `head 7.3`, `mlp 8`.
  var name: String { head.map { "head \(layer).\($0)" } ?? "mlp \(layer)" }

  /// The part of its hook that is its own.
  func part<Row: RandomAccessCollection>(of row: Row, _ configuration: ModelConfiguration) -> [Row.Element]
  where Row.Index == Int {
    guard let head else { return Array(row) }
    let start = row.startIndex + head * configuration.headSize
    return Array(row[start..<start + configuration.headSize])
  }

  /// Sets it to a mean at the last token of the prompt, where the answer is decided.
  func set(to mean: [Float]) -> Intervention {
    Intervention(
      at: hook, components: head.map { .heads([$0]) } ?? .all, positions: .last, operation: .mean(mean))
  }
}
