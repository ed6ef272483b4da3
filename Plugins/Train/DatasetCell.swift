import Experiment
import Foundation
import Manuscript
import Tensor
import World

/// `{dataset}`: writes one of the embedded world's data sets to `experiments/data`, and says what is in it.
package enum DatasetCell: CellKind {
  /// What a `{dataset}` cell may say.
  package struct Settings: CellSettings {
    var name = DatasetName.requests

    package init() {}

    package static let keys: [SettingKey<Settings>] = [
      .required("name", \.name, "The data set, and the name of its file in `experiments/data`.")
    ]
  }

  /// The data sets that the world has.
  package enum DatasetName: String, SettingChoice {
    case requests, scary, doubles, pairs, steps, orders, neutral
  }

  package static let name = "dataset"
  package static let version = 1
  package static let usesModel = false
  package static let summary = "Writes one of the embedded world's data sets as JSON Lines, and counts what is in it."

  /// The rows of a data set: a function of the seed.
  ///
  /// - Throws: `WorldError` if the world cannot fill it.
  package static func rows(_ name: DatasetName, seed: UInt64) throws -> Data {
    try DataRow.jsonLines(World(seed: seed).standardDataset(name.rawValue))
  }

  package static func file(_ settings: Settings, in scope: CellScope) -> URL? { place(settings, in: scope) }

  package static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    let rows = try World(seed: context.stream("world").bits(at: 0)).standardDataset(settings.name.rawValue)
    let data = try DataRow.jsonLines(rows)
    let file = place(settings, in: context.scope)
    if (try? Data(contentsOf: file)) != data { try AtomicFile.write(data, to: file) }

    var results = Results()
    func counts(_ key: (DataRow) -> String) -> [(String, Int)] {
      Dictionary(grouping: rows, by: key).mapValues(\.count).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    results.values = [
      "rows": .integer(rows.count), "harmful": .integer(rows.count { $0.harmful == 1 }),
      "digest": .text(Digest(of: data).hex),
    ]
    results.headline = ["rows"]
    let columns = [
      ("label", counts(\.label)), ("part", counts(\.part)), ("family", counts(\.family)), ("split", counts(\.split)),
    ]
    results.tables = [
      Table(
        caption: "What \(settings.name.rawValue).jsonl holds.",
        columns: [.init("column"), .init("value"), .init("rows")],
        rows: columns.flatMap { column, counts in counts.map { [.text(column), .text($0.0), .integer($0.1)] } })
    ]
    return results
  }

  private static func place(_ settings: Settings, in scope: CellScope) -> URL {
    scope.root.appending(path: "experiments/data/\(settings.name.rawValue).jsonl")
  }
}
