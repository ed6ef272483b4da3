import Tensor

/// What a cell's results are a function of: equal keys, equal results.
public struct CellKey: Hashable, Sendable {
  /// The parts by name, such as `settings` or `model`, each as a text.
  public let parts: [String: String]

  /// A key from its parts.
  public init(parts: [String: String]) {
    self.parts = parts
  }

  /// The key's digest, under which results are kept.
  public var digest: Digest {
    var text = ""
    for name in parts.keys.sorted() {
      let part = parts[name] ?? ""
      text += "\(name) \(part.utf8.count)\n\(part)\n"
    }
    return Digest(of: text)
  }
}
