import Experiment
import Manuscript

/// A value of another cell, by the path that claims use: `harm_seed_2.best.auroc`, `score.layers.harm[3]`.
struct ValuePath: SettingValue, Hashable {
  /// From the cell's label to the value.
  let path: Path
  /// Where the document names it.
  let location: SourceLocation

  static var form: String { "a cell's value, as label.name" }
  var written: String { "\(path)" }
  var references: [Reference] { [Reference(label: path.root, name: "", location: location)] }

  static func read(_ yaml: YAMLValue) throws(Problem) -> ValuePath {
    guard let text = yaml.string else {
      throw Problem("found \(yaml.summary)", at: yaml.location, expected: "expected: \(form)")
    }
    guard case .path(let name) = try Expression(text, at: yaml.location).root.kind, !name.steps.isEmpty else {
      throw Problem("“\(text)” is no name of a value", at: yaml.location, expected: "expected: \(form)")
    }
    return ValuePath(path: name, location: yaml.location)
  }

  /// The value in the results of the cell that has it.
  ///
  /// - Throws: `Problem` if the cell has no such value.
  func value(in context: CellContext) throws -> Value {
    var value = Value.group(context.results(of: references[0])?.values ?? [:])
    for (depth, step) in path.steps.enumerated() {
      let next: Value? =
        switch step {
        case .name(let name): value[name]
        case .index(let index): value[index]
        }
      guard let next else {
        let here = "\(Path(path.root, Array(path.steps.prefix(depth))))"
        guard case (.group(let members), .name(let name)) = (value, step) else {
          throw Problem("“\(here)” has no part that “\(path)” could name", at: location)
        }
        throw Problem.unknown(name, kind: "value", in: "in “\(here)”", allowed: members.keys, at: location)
      }
      value = next
    }
    return value
  }

  static func == (a: ValuePath, b: ValuePath) -> Bool { a.path == b.path }
  func hash(into hasher: inout Hasher) { hasher.combine(path) }
}
