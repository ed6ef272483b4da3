import Experiment

/// The names of the files beside a page, below its data folder; the same as the ledger's.
enum DataFile {
  static func results(_ cell: Record.Cell) -> String { "results/\(Markup.identifier(cell.label)).json" }

  static func figure(_ cell: Record.Cell, _ figure: Figure, _ suffix: String) -> String {
    "figures/\(Markup.identifier(Record.stem(cell.label, figure.name))).\(suffix)"
  }

  static func table(_ cell: Record.Cell, _ table: Table) -> String {
    "tables/\(Markup.identifier(Record.stem(cell.label, table.name))).csv"
  }
}

extension Table {
  /// The table with as many values in each row as there are columns.
  var rectangular: Table {
    var table = self
    table.rows = rows.map { row in
      columns.indices.map { row.indices.contains($0) ? row[$0] : .text("") }
    }
    return table
  }
}
