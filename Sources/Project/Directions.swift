import Experiment
import Foundation
import Manuscript
import Tensor
import Transformer

extension Project {
  /// A direction that the newest record of an experiment holds, by `experiment.cell.name`, or `experiment.cell` where the
  /// cell has but one.
  ///
  /// - Throws: `ProjectError.noSuchDirection` with those that there are.
  public func direction(_ path: String) throws -> Direction {
    let records = try newestRecords()
    var known: [(name: String, direction: Direction)] = []
    for record in records {
      for cell in record.cells {
        for (name, direction) in cell.results.directions.sorted(by: { $0.key < $1.key }) {
          known.append(("\(record.experiment).\(cell.label).\(name)", direction))
        }
      }
    }
    if let found = known.first(where: { $0.name == path }) { return found.direction }
    let within = known.filter { $0.name.hasPrefix(path + ".") }
    guard within.count == 1 else {
      let names = (within.isEmpty ? known : within).map(\.name)
      throw ProjectError.noSuchDirection(path: path, known: names, suggestion: nearest(path, among: names))
    }
    return within[0].direction
  }
}

extension ModelTools {
  /// Writes a model directory whose weights cannot write along a direction.
  ///
  /// - Throws: an error of the checkpoint's files, `OrthogonalisationError`, `CheckpointError`.
  public static func orthogonalise(_ model: URL, against direction: Direction, to directory: URL) throws {
    try Checkpoint(directory: model).write(orthogonalisedAgainst: direction.unit, to: directory)
  }
}
