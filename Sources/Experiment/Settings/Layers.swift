import Manuscript

/// Which layers: `all`, `5`, `2-7`, or a list of such.
public enum Layers: SettingValue, Hashable {
  case all
  case some([Int])

  /// What may be written, for messages and documentation.
  public static var form: String { "all, a layer, a range such as 2-7, or a list of such" }

  /// The value as a document would write it.
  public var written: String {
    switch self {
    case .all: "all"
    case .some(let layers): layers.written
    }
  }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Layers {
    if yaml.string == "all" { return .all }
    var layers: [Int] = []
    for element in yaml.list ?? [yaml] {
      if let layer = element.int, layer >= 0 {
        layers.append(layer)
      } else if let match = element.string?.wholeMatch(of: /([0-9]+)-([0-9]+)/),
        let first = Int(match.1), let last = Int(match.2), first <= last
      {
        layers += first...last
      } else {
        throw mismatch(element)
      }
    }
    return .some(layers)
  }

  /// The layers of a model that has so many.
  public func resolved(count: Int) -> [Int] {
    switch self {
    case .all: Array(0..<count)
    case .some(let layers): layers.filter { $0 < count }
    }
  }
}
