import Experiment
import Manuscript

/// Pairs of a harmful and a harmless prompt; positions correspond by their names.
struct Pairs {
  let harmful, harmless: [Prompt]

  var count: Int { harmful.count }

  /// The pairs among some rows: each a name that one harmful and one harmless row share, sorted by it.
  static func rows(
    _ data: Dataset, pair: String, target: String, accepted: (Dataset.Row) -> Bool
  ) -> [(harmful: Int, harmless: Int)] {
    let groups = Dictionary(grouping: data.rows.indices.filter { accepted(data.rows[$0]) }) {
      data.rows[$0][pair]?.plain ?? ""
    }
    return groups.keys.sorted().compactMap { name in
      guard !name.isEmpty, let rows = groups[name], rows.count == 2,
        let first = rows.first(where: { data.rows[$0][target]?.truth == true }),
        let second = rows.first(where: { data.rows[$0][target]?.truth == false })
      else { return nil }
      return (first, second)
    }
  }

  /// What is wrong with data that a paired design asks for: fewer than eight pairs.
  static func problems(
    pair: String, target: String, rows filter: RowFilter, in scope: CellScope
  ) -> [Problem] {
    guard let data = scope.data, data.columns.contains(pair), data.columns.contains(target) else { return [] }
    let pairs = rows(data, pair: pair, target: target, accepted: filter.accepts)
    guard pairs.count >= 8 else {
      return [
        Problem(
          "the data “\(data.name)” have \(pairs.count) pairs of a harmful and a harmless row that share “\(pair)”",
          at: scope.location(of: "pair"), expected: "expected: at least 8")
      ]
    }
    return []
  }

  init(pair: String, target: String, rows filter: RowFilter, in context: CellContext) throws {
    let (subject, data) = (try context.subject, try context.data)
    let pairs = Self.rows(data, pair: pair, target: target, accepted: filter.accepts)
    harmful = try pairs.map { try subject.prompt(for: data.rows[$0.harmful], at: $0.harmful, in: data) }
    harmless = try pairs.map { try subject.prompt(for: data.rows[$0.harmless], at: $0.harmless, in: data) }
  }
}
