import Experiment
import Foundation
import Manuscript

/// A table as a page shows it.
struct TableView {
  let tableID: String
  let number: String
  let caption: String
  /// How many rows are folded away; `nil` if the table is short enough to stand open.
  let foldedRows: String?
  let headings: [Heading]
  let rows: [Row]
  let dataHref: String?

  struct Heading {
    let heading: String
    let isNumber: Bool
  }

  struct Row {
    let entries: [Entry]
  }

  struct Entry {
    let entry: String
    let isNumber: Bool
  }

  /// Tables of more rows than these are folded.
  private static let mostOpenRows = 16

  /// - Parameters:
  ///   - id: the identifier on the page.
  ///   - number: what the page calls it, such as `Table 2`.
  ///   - dataHref: where its CSV is, if there is a file.
  init(_ table: Table, id: String, number: String, dataHref: String? = nil) {
    let table = table.rectangular
    let formats = table.columns.map { column in column.format.flatMap { NumberFormat(plain: $0) } }
    let numeric = table.columns.indices.map { column in
      !table.rows.isEmpty && table.rows.allSatisfy { $0[column].estimate != nil || $0[column].plain.isEmpty }
    }
    tableID = id
    self.number = number
    caption = table.caption
    foldedRows = table.rows.count > Self.mostOpenRows ? Words.count(table.rows.count, "row") : nil
    headings = zip(table.columns, numeric).map { Heading(heading: $0.title, isNumber: $1) }
    rows = table.rows.map { row in
      Row(
        entries: table.columns.indices.map { column in
          Entry(entry: Self.entry(row[column], table.columns[column], formats[column]), isNumber: numeric[column])
        })
    }
    self.dataHref = dataHref
  }

  private static func entry(_ value: Value, _ column: Table.Column, _ format: NumberFormat?) -> String {
    if column.isModelText { return "<span class=\"model-text\">\(ModelText.html(value.plain))</span>" }
    guard let estimate = value.estimate else { return Markup.escaped(value.plain) }
    let number = Markup.escaped(format == nil ? significant(estimate.value) : Words.number(estimate.value, format))
    guard let interval = Words.interval(value, format: format) else { return number }
    return "\(number) <span class=\"interval\">\(Markup.escaped(interval))</span>"
  }

  /// Three significant digits, and whole numbers whole.
  private static func significant(_ number: Double) -> String {
    let size = abs(number)
    guard number.isFinite, number != number.rounded(), size >= 0.001, size < 1000 else { return Words.number(number) }
    return String(format: size < 1 ? "%.3f" : size < 10 ? "%.2f" : size < 100 ? "%.1f" : "%.0f", number)
  }
}

extension NumberFormat {
  /// A column's format; `nil` if it is none.
  fileprivate init?(plain source: String) {
    guard let format = try? NumberFormat(source, at: SourceLocation(file: "", line: 1, column: 1)) else { return nil }
    self = format
  }
}
