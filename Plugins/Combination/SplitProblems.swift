import Experiment
import Manuscript

/// What is wrong with the rows of a cell that selects on some and tests on others.
enum SplitProblems {
  /// The problems of categories that too few rows have, and no other with it.
  static func scarce(
    _ categories: [String], target: String, column: String, rows: RowFilter, least: Int, in scope: CellScope
  ) -> [Problem] {
    guard let data = scope.data, data.columns.contains(column), data.columns.contains(target) else { return [] }
    let found = data.rows.filter(rows.accepts).map {
      CategoryPrompts.categories(of: $0, target: target, column: column)
    }
    let known = Set(found.joined())
    return categories.compactMap { name in
      guard known.contains(name) else {
        return .unknown(
          name, kind: "category", in: "in the rows of “train”", allowed: known.sorted(),
          at: scope.location(of: "categories"))
      }
      let count = found.count { $0 == [name] }
      guard count < least else { return nil }
      return Problem(
        "the category “\(name)” has \(count) prompt\(count == 1 ? "" : "s") of its own in “train”, and \(least) are needed",
        at: scope.location(of: "categories"), help: "leave it out, give more rows, or lower “least”")
    }
  }

  /// The problems of a class that has too few rows in a part.
  static func tooFew(
    harmful: Bool, _ part: String, _ rows: RowFilter, target: String, least: Int = 8, in scope: CellScope
  ) -> [Problem] {
    guard let data = scope.data, data.columns.contains(target) else { return [] }
    let count = data.rows.count { rows.accepts($0) && $0[target]?.truth == harmful }
    guard count < least else { return [] }
    return [
      Problem(
        "“\(part)” has \(count) \(harmful ? "harmful" : "harmless") row\(count == 1 ? "" : "s"), and \(least) are needed",
        at: scope.location(of: part))
    ]
  }
}
