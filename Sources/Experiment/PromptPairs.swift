import Manuscript

/// Pairs of a harmful and a harmless prompt that share a name, sorted by it.
public struct PromptPairs: Sendable {
  /// The harmful prompt of each pair.
  public let harmful: [Prompt]
  /// The harmless prompt of each pair.
  public let harmless: [Prompt]
  /// Pairs left out because their prompts have different numbers of tokens, so that positions do not correspond.
  public let unaligned: Int

  /// How many pairs there are.
  public var count: Int { harmful.count }

  /// A paired design with fewer says nothing.
  private static let fewest = 8

  /// The pairs among some rows: each a name that one harmful and one harmless row share, sorted by it.
  public static func rows(
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
  public static func problems(
    pair: String, target: String, rows filter: RowFilter, in scope: CellScope
  ) -> [Problem] {
    guard let data = scope.data, data.columns.contains(pair), data.columns.contains(target) else { return [] }
    let pairs = rows(data, pair: pair, target: target, accepted: filter.accepts)
    guard pairs.count >= fewest else {
      return [
        Problem(
          "the data “\(data.name)” have \(pairs.count) pairs of a harmful and a harmless row that share “\(pair)”",
          at: scope.location(of: "pair"), expected: "expected: at least \(fewest)")
      ]
    }
    return []
  }

  /// The prompts of the pairs among some rows.
  ///
  /// - Parameter aligned: whether pairs whose prompts are not equally many tokens are left out.
  /// - Throws: ``TooFewPairs`` if fewer than eight are left.
  public init(
    pair: String, target: String, rows filter: RowFilter, aligned: Bool = false, in context: CellContext
  ) throws {
    let (subject, data) = (try context.subject, try context.data)
    let rows = Self.rows(data, pair: pair, target: target, accepted: filter.accepts)
    let pairs = try rows.map { rows in
      (
        harmful: try subject.prompt(for: data.rows[rows.harmful], at: rows.harmful, in: data),
        harmless: try subject.prompt(for: data.rows[rows.harmless], at: rows.harmless, in: data)
      )
    }
    let kept = pairs.filter { !aligned || $0.harmful.tokens.count == $0.harmless.tokens.count }
    unaligned = pairs.count - kept.count
    guard kept.count >= Self.fewest else { throw TooFewPairs(found: kept.count, unaligned: unaligned) }
    (harmful, harmless) = (kept.map(\.harmful), kept.map(\.harmless))
  }
}

/// Data that are not paired, or whose pairs do not align.
public struct TooFewPairs: Error, CustomStringConvertible {
  /// How many pairs there are.
  public let found: Int
  /// How many more have prompts of different lengths.
  public let unaligned: Int

  /// What was found, and where to look.
  public var description: String {
    "only \(found) pairs of a harmful and a harmless prompt with equally many tokens; at least 8 are needed "
      + "(\(unaligned) pairs have different lengths); check “pair”, “target” and “rows”"
  }
}
