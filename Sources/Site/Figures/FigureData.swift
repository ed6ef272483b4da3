import Experiment
import Statistics

/// A figure's numbers as a table that any program reads, a row per mark.
enum FigureData {
  /// RFC 4180 CSV with full precision.
  static func csv(_ figure: Figure) -> String {
    switch figure.content {
    case .heatmap(let heatmap):
      table([heatmap.rowAxis.title, heatmap.columnAxis.title], heatmap.quantity.title, rows(heatmap)).csv
    case .lines(let chart):
      table(
        ["series", "role", chart.xAxis.title], chart.yAxis.title,
        chart.series.flatMap { series in
          zip(series.x, series.y).map {
            ([.text(series.name), .text(series.role.rawValue), .number($0)], $1)
          }
        }
      ).csv
    case .bars(let chart):
      table(
        ["group", "bar", "role"], chart.axis.title,
        chart.groups.flatMap { group in
          group.bars.map { ([.text(group.name), .text($0.label), .text($0.role.rawValue)], $0.value) }
        }
      ).csv
    }
  }

  private static func rows(_ heatmap: Heatmap) -> [(keys: [Value], Estimate)] {
    zip(heatmap.rows, heatmap.cells).flatMap { name, cells in
      zip(heatmap.columns, cells).compactMap { column, estimate in
        estimate.map { ([.text(name), .text(column)], $0) }
      }
    }
  }

  private static func table(_ keys: [String], _ quantity: String, _ rows: [(keys: [Value], Estimate)]) -> Table {
    Table(
      caption: "", columns: (keys + [quantity]).map { Table.Column($0) },
      rows: rows.map { $0.keys + [.estimate($0.1)] })
  }
}
