import Experiment
import Manuscript

/// The numbers of a page's figures and tables, and the links of cross references to them.
struct Numbering {
  private let record: Record
  private let figures: [String: Int]
  private let tables: [String: Int]

  init(_ record: Record) {
    self.record = record
    var figures: [String: Int] = [:]
    var tables: [String: Int] = [:]
    for cell in record.cells {
      for figure in cell.results.figures { figures[Record.stem(cell.label, figure.name)] = figures.count + 1 }
      for table in cell.results.tables { tables[Record.stem(cell.label, table.name)] = tables.count + 1 }
    }
    self.figures = figures
    self.tables = tables
  }

  /// `Figure 2`
  func name(_ cell: Record.Cell, _ figure: Figure) -> String {
    "Figure \(figures[Record.stem(cell.label, figure.name)] ?? 0)"
  }

  /// `Table 2`
  func name(_ cell: Record.Cell, _ table: Table) -> String {
    "Table \(tables[Record.stem(cell.label, table.name)] ?? 0)"
  }

  /// The identifier of a part of the page: `fig-harmfulness.layers`.
  static func id(_ kind: String, _ stem: String) -> String { Markup.identifier("\(kind)-\(stem)") }

  /// The link of a cross reference; a visible mark if there is nothing that it leads to.
  func html(_ reference: CrossReference) -> String {
    let cell = record.cell(reference.label)
    switch reference.kind {
    case .figure:
      guard let cell, let figure = cell.results.figures.first(where: { reference.means($0.name) }) else {
        return missing(reference, "has no figure\(reference.named)")
      }
      return link(Self.id("fig", Record.stem(cell.label, figure.name)), name(cell, figure))
    case .table:
      guard let cell, let table = cell.results.tables.first(where: { reference.means($0.name) }) else {
        return missing(reference, "has no table\(reference.named)")
      }
      return link(Self.id("tbl", Record.stem(cell.label, table.name)), name(cell, table))
    case .claim:
      guard let claim = record.claims.first(where: { $0.label == reference.label }) else {
        return missing(reference, "was not judged")
      }
      return link(Self.id("claim", claim.label), "claim “\(claim.label)”", class: "reference \(claim.verdict)")
    case .cell: return link(Self.id("cell", reference.label), "cell “\(reference.label)”")
    }
  }

  private func link(_ id: String, _ words: String, class name: String = "reference") -> String {
    "<a class=\"\(name)\" href=\"#\(id)\">\(Markup.escaped(words))</a>"
  }

  private func missing(_ reference: CrossReference, _ why: String) -> String {
    let reason = record.cell(reference.label)?.failure ?? "“\(reference.label)” \(why) in this record"
    return "<span class=\"missing\" tabindex=\"0\" title=\"\(Markup.escaped(reason))\">"
      + "\(Markup.escaped(reference.source))</span>"
  }
}

extension CrossReference {
  /// Whether a figure or table of its cell is the one that is meant.
  fileprivate func means(_ other: String) -> Bool { name == nil || name == other }
  fileprivate var named: String { name.map { " “\($0)”" } ?? "" }
}
