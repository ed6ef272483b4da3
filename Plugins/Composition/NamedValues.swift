import Experiment
import Manuscript

/// Values of other cells in rows that have names: `{ seed 1: [a.auroc, a.layer], seed 2: [b.auroc, b.layer] }`.
struct ValueRows: SettingValue, Hashable {
  /// A row.
  struct Row: Hashable {
    let name: String
    let paths: [ValuePath]
  }

  /// In the document's order.
  var rows: [Row] = []

  static var form: String { "a map from names of rows to values, as {seed 1: [a.auroc, a.layer]}" }
  var written: String { "{" + rows.map { "\($0.name.written): \($0.paths.written)" }.joined(separator: ", ") + "}" }
  var references: [Reference] { rows.flatMap(\.paths.references) }

  static func read(_ yaml: YAMLValue) throws(Problem) -> ValueRows {
    guard let entries = yaml.entries, !entries.isEmpty else {
      throw Problem("found \(yaml.summary)", at: yaml.location, expected: "expected: \(form)")
    }
    var rows: [Row] = []
    for entry in entries { rows.append(Row(name: entry.key.value, paths: try [ValuePath].read(entry.value))) }
    return ValueRows(rows: rows)
  }
}

/// Values of other cells under names, in panels that have names: `{ seed 1: { harm: a.harm, task: a.task } }`.
struct ValuePanels: SettingValue, Hashable {
  /// A panel.
  struct Panel: Hashable {
    let name: String
    let series: [Series]
  }

  /// A value with its name in the legend.
  struct Series: Hashable {
    let name: String
    let path: ValuePath
  }

  /// In the document's order.
  var panels: [Panel] = []

  static var form: String { "a map from names to values, as {harm: a.harm, task: a.task}, or a map of such by panel" }

  var written: String {
    let written = panels.map { panel in
      let series = panel.series.map { "\($0.name.written): \($0.path.written)" }
      return "\(panel.name.written): {" + series.joined(separator: ", ") + "}"
    }
    return "{" + written.joined(separator: ", ") + "}"
  }

  var references: [Reference] { panels.flatMap { $0.series.flatMap(\.path.references) } }

  static func read(_ yaml: YAMLValue) throws(Problem) -> ValuePanels {
    guard let entries = yaml.entries, !entries.isEmpty else {
      throw Problem("found \(yaml.summary)", at: yaml.location, expected: "expected: \(form)")
    }
    // Names with values are the one panel of a figure that has no others.
    guard entries.contains(where: { $0.value.entries != nil }) else {
      return ValuePanels(panels: [Panel(name: "", series: try series(entries))])
    }
    var panels: [Panel] = []
    for entry in entries {
      guard let inside = entry.value.entries, !inside.isEmpty else {
        throw Problem(
          "the panel “\(entry.key.value)” is \(entry.value.summary)", at: entry.value.location,
          expected: "expected: a map from names to values")
      }
      panels.append(Panel(name: entry.key.value, series: try series(inside)))
    }
    return ValuePanels(panels: panels)
  }

  private static func series(_ entries: [YAMLEntry]) throws(Problem) -> [Series] {
    var series: [Series] = []
    for entry in entries { series.append(Series(name: entry.key.value, path: try ValuePath.read(entry.value))) }
    return series
  }
}
