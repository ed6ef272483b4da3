import Manuscript

/// Which rows of the data: a map from columns to the value, or the list of values, that a row must have there.
public struct RowFilter: SettingValue, Hashable {
  /// The values allowed, by column, in the document's order.
  public let conditions: [Condition]

  /// One column's condition.
  public struct Condition: Hashable, Sendable {
    /// The column that is looked at.
    public let column: String
    /// The values that a row may have there.
    public let allowed: [String]
    /// Where the document states it.
    public let location: SourceLocation
  }

  /// Every row.
  public static let everything = RowFilter(conditions: [])

  /// What may be written, for messages and documentation.
  public static var form: String { "a map from columns to the values wanted" }

  /// The value as a document would write it.
  public var written: String {
    "{" + conditions.map { "\($0.column.written): \($0.allowed.written)" }.joined(separator: ", ") + "}"
  }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> RowFilter {
    guard let entries = yaml.entries else { throw mismatch(yaml) }
    var conditions: [Condition] = []
    for entry in entries {
      conditions.append(
        Condition(
          column: entry.key.value, allowed: try [String].read(entry.value), location: entry.key.location))
    }
    return RowFilter(conditions: conditions)
  }

  /// Whether a row meets every condition: numbers by what they are worth, so that 3.0 is 3; all else as it is spelled.
  public func accepts(_ row: Dataset.Row) -> Bool {
    conditions.allSatisfy { condition in
      switch row[condition.column] {
      case .number(let number): condition.allowed.contains { Double($0) == number }
      case let value?: condition.allowed.contains(value.plain)
      case nil: false
      }
    }
  }

  /// The problems of a filter: columns that the data lack, and conditions that no row meets.
  func problems(in data: Dataset, setting: String, at location: SourceLocation) -> [Problem] {
    let unknown = conditions.filter { !data.columns.contains($0.column) }.map {
      Problem.unknown(
        $0.column, kind: "column", in: "in the data “\(data.name)”", allowed: data.columns, at: $0.location)
    }
    guard unknown.isEmpty, !data.rows.contains(where: accepts) else { return unknown }
    return [
      Problem(
        "no row of the data “\(data.name)” meets “\(setting)”", at: location,
        help: "change a value, or leave the condition out")
    ]
  }
}
