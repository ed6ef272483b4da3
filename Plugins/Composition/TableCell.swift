import Experiment
import Manuscript
import Statistics

/// `{table}`: values of other cells side by side, such as headline values by training seed or by model.
package enum TableCell: CellKind {
  /// What a `{table}` cell may say.
  package struct Settings: CellSettings {
    var columns: [String] = []
    var rows = ValueRows()
    var corner = ""

    package init() {}

    package static let keys: [SettingKey<Settings>] = [
      .required("columns", \.columns, "The headings of the values, without that of the rows' names."),
      .required("rows", \.rows, "The values by row, one for each column."),
      .optional("corner", \.corner, "The heading of the rows' names."),
    ]
  }

  package static let name = "table"
  package static let version = 2
  package static let summary = "Puts values of other cells side by side, with the range of each column."
  package static let usesModel = false

  package static func problems(_ settings: Settings, in scope: CellScope) -> [Problem] {
    var problems = settings.rows.rows.filter { $0.paths.count != settings.columns.count }.map { row in
      Problem(
        "the row “\(row.name)” has \(row.paths.count) value\(row.paths.count == 1 ? "" : "s")",
        at: scope.location(of: "rows"), expected: "expected: \(settings.columns.count), one for each column")
    }
    let names = settings.columns.map(key)
    if let twice = names.indices.first(where: { names.prefix($0).contains(names[$0]) }) {
      problems.append(
        Problem(
          "two columns would both be called “\(names[twice])” in claims", at: scope.location(of: "columns"),
          expected: "expected: headings that differ in their letters and digits"))
    }
    return problems
  }

  package static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    let rows = try settings.rows.rows.map { row in
      (name: row.name, values: try row.paths.map { try $0.value(in: context) })
    }
    var results = Results()
    for (index, title) in settings.columns.enumerated() {
      let numbers = rows.compactMap { $0.values[index].estimate?.value }
      guard numbers.count == rows.count, let least = numbers.min(), let most = numbers.max() else { continue }
      // `min` and `max` pass over what is no number, and a claim about every row must not.
      let isKnown = !numbers.contains(where: \.isNaN)
      results.values[key(title)] = .group([
        "least": .number(isKnown ? least : .nan), "most": .number(isKnown ? most : .nan),
        "mean": .number(numbers.reduce(0, +) / Double(numbers.count)), "n": .integer(numbers.count),
      ])
    }
    results.headline = settings.columns.map(key).filter { results.values[$0] != nil }.prefix(3).map { "\($0).mean" }
    results.tables = [
      Table(
        // The page gives the cell's caption: it may change without the results.
        caption: "", columns: [.init(settings.corner)] + settings.columns.map { .init($0) },
        rows: rows.map { [.text($0.name)] + $0.values })
    ]
    return results
  }

  /// A heading as a name in claims: `Onset layer` is `onset_layer`.
  private static func key(_ title: String) -> String {
    String(title.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }
}
