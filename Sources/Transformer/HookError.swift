/// Why a hook name, or a use of a hook, was not accepted.
public enum HookError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No site has that name.
  case unknown(name: String, nearest: String?)
  /// The model's architecture has no such site.
  case absent(name: String, family: String, sites: [String])
  /// The name stands for many layers where one point is wanted.
  case manyLayers(name: String, example: String)
  /// The model has too few layers.
  case noSuchLayer(name: String, layer: Int, layers: Int)
  /// The hook was not captured, so that it cannot be read.
  case notCaptured(name: String, captured: [String])
  /// There is no such sequence in the batch.
  case noSuchSequence(index: Int, count: Int)
  /// The run stops before the layer is reached.
  case notReached(name: String, stopAfterLayer: Int)

  /// What was asked for, what there is, and what to write instead.
  public var description: String {
    switch self {
    case .unknown(let name, let nearest):
      "there is no hook “\(name)”" + (nearest.map { "; did you mean “\($0)”?" } ?? ".") + " Names: "
        + HookSite.allCases.map { $0.isPerLayer ? "blocks.{layer}.\($0.rawValue)" : $0.rawValue }
        .joined(separator: ", ") + "; or short: "
        + HookSite.allCases.map(\.shortName).joined(separator: ", ") + "."
    case .absent(let name, let family, let sites):
      "\(name): this \(family) model has no such site. It has: \(sites.joined(separator: ", "))."
    case .manyLayers(let name, let example):
      "“\(name)” stands for a site in every layer, and one point is wanted; name its layer, as in \(example)."
    case .noSuchLayer(let name, let layer, let layers):
      "\(name): there is no layer \(layer); the model's \(layers) layers are 0 to \(layers - 1)."
    case .notCaptured(let name, let captured):
      "\(name) was not captured in this run, which captured "
        + (captured.isEmpty ? "nothing" : captured.joined(separator: ", ")) + ". Name it in `capture:`."
    case .noSuchSequence(let index, let count):
      "there is no sequence \(index); the batch has \(count), counted from 0."
    case .notReached(let name, let stop):
      "\(name) is not reached: the run stops after layer \(stop)."
    }
  }
}
