import Experiment
import Manuscript

/// What is wrong with the rows of a cell that selects on some and tests on others.
enum SplitProblems {
  /// The problems of filters that let one row into two parts: nothing may be tested on what it was selected on.
  static func shared(_ parts: [(name: String, rows: RowFilter)], in scope: CellScope) -> [Problem] {
    guard let data = scope.data else { return [] }
    var problems: [Problem] = []
    for (index, first) in parts.enumerated() {
      for second in parts[(index + 1)...] {
        let count = data.rows.count { first.rows.accepts($0) && second.rows.accepts($0) }
        guard count > 0 else { continue }
        problems.append(
          Problem(
            "\(count) row\(count == 1 ? " is" : "s are") accepted by both “\(first.name)” and “\(second.name)”",
            at: scope.location(of: second.name),
            help: "nothing may be tested on rows that it was selected on; make the conditions exclude each other"))
      }
    }
    return problems
  }

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
