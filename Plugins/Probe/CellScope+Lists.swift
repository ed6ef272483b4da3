import Experiment
import Manuscript

extension CellScope {
  /// The problem, if there is one, of a list that is empty or names something twice.
  func problem(ofList items: [String], setting: String) -> Problem? {
    guard !items.isEmpty else {
      return Problem("“\(setting)” is empty", at: location(of: setting), expected: "expected: one or more")
    }
    guard let twice = items.indices.first(where: { items[..<$0].contains(items[$0]) }) else { return nil }
    return Problem(
      "“\(setting)” names “\(items[twice])” twice", at: location(of: setting), expected: "expected: each once")
  }

  /// The problem, if there is one, of layers that are none, or of which one is named twice.
  func problem(ofList layers: Layers, setting: String) -> Problem? {
    guard case .some(let layers) = layers else { return nil }
    return problem(ofList: layers.map(String.init), setting: setting)
  }
}
