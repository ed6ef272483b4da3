import Experiment
import Foundation
import Ledger

extension Project {
  /// One value of a commit's records, as a row of a tidy table.
  public struct ExportedValue: Codable, Hashable, Sendable {
    /// The experiment.
    public let experiment: String
    /// The cell's label.
    public let cell: String
    /// What it is.
    public let value: String
    /// The number, or the text where the value is none.
    public let estimate: Value
    /// The lower end of the 95% interval, where there is one.
    public let low: Double?
    /// The upper end of the 95% interval, where there is one.
    public let high: Double?
    /// How many units it was computed from, where that is known.
    public let n: Int?
    /// The commit that recorded it, in full.
    public let commit: String
  }

  /// Every value of every record at a commit, a row each.
  ///
  /// - Throws: as ``results(at:)``; `ProjectError.noSuchRecord`.
  public func export(_ revision: String?, experiment: String? = nil) throws -> [ExportedValue] {
    let ledger = try ledger()
    let commit = try results(at: revision)
    let known = try recorded(at: commit, in: ledger)
    if let experiment, !known.contains(experiment) {
      throw ProjectError.noSuchRecord(experiment: experiment, known: known)
    }
    return try known.filter { experiment == nil || $0 == experiment }.flatMap { name -> [ExportedValue] in
      guard let record = try record(of: name, at: commit, in: ledger) else { return [] }
      let made = try ledger.maker(of: name, at: commit)?.commit ?? commit
      return record.cells.flatMap { cell in
        Value.group(cell.results.values).leaves().map { path, value in
          guard case .estimate(let estimate) = value else {
            return ExportedValue(
              experiment: name, cell: cell.label, value: path, estimate: value, low: nil, high: nil, n: nil,
              commit: made.hex)
          }
          return ExportedValue(
            experiment: name, cell: cell.label, value: path, estimate: .number(estimate.value), low: estimate.low,
            high: estimate.high, n: estimate.n, commit: made.hex)
        }
      }
    }
  }

  /// The rows as RFC 4180 CSV with full precision.
  public static func csv(_ rows: [ExportedValue]) -> String {
    let columns = ["experiment", "cell", "value", "estimate", "low", "high", "n", "commit"]
    return Table(
      caption: "", columns: columns.map { Table.Column($0) },
      rows: rows.map { row in
        [
          .text(row.experiment), .text(row.cell), .text(row.value), row.estimate, row.low.map(Value.number) ?? "",
          row.high.map(Value.number) ?? "", row.n.map(Value.integer) ?? "", .text(row.commit),
        ]
      }
    ).csv
  }
}
