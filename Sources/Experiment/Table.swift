import Foundation
import Statistics

/// Rows and columns of results.
public struct Table: Codable, Hashable, Sendable {
  /// Unique among the tables of its cell; empty for the cell's main table, which takes the cell's label.
  public var name: String
  /// One sentence above the table; plain text.
  public var caption: String
  /// The headings.
  public var columns: [Column]
  /// A value for each column, in order.
  public var rows: [[Value]]

  /// From its parts.
  public init(name: String = "", caption: String, columns: [Column], rows: [[Value]]) {
    self.name = name
    self.caption = caption
    self.columns = columns
    self.rows = rows
  }

  /// A column's heading.
  public struct Column: Codable, Hashable, Sendable {
    /// The heading.
    public var title: String
    /// A `printf` format for its numbers; `nil` for three significant digits.
    public var format: String?
    /// Whether its texts are tokens or model output, to be set in their own frame.
    public var isModelText: Bool

    /// From its parts.
    public init(_ title: String, format: String? = nil, isModelText: Bool = false) {
      self.title = title
      self.format = format
      self.isModelText = isModelText
    }
  }

  /// The table as RFC 4180 CSV with full precision; an estimate takes three columns more (`low`, `high`, `n`).
  public var csv: String {
    let spread = columns.indices.map { column in
      rows.contains { row in if case .estimate = row[column] { true } else { false } }
    }
    var lines = [
      zip(columns, spread).flatMap { column, wide in
        wide
          ? [column.title, "\(column.title) low", "\(column.title) high", "\(column.title) n"] : [column.title]
      }
    ]
    for row in rows {
      lines.append(
        zip(row, spread).flatMap { value, wide -> [String] in
          guard wide else { return [value.plain] }
          guard case .estimate(let e) = value else { return [value.plain, "", "", ""] }
          return ["\(e.value)", e.low.map { "\($0)" } ?? "", e.high.map { "\($0)" } ?? "", e.n.map { "\($0)" } ?? ""]
        })
    }
    return lines.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
