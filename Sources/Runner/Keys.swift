import Experiment

extension Runner {
  /// What each cell's results depend on as things are now, by label, as far as it is known: a cell that waits for a
  /// model to be written has no key yet.
  ///
  /// - Throws: `Problems`; an error of a model's or a data set's files.
  public func keys(of experiment: Experiment) throws -> [String: CellKey] {
    var keys: [String: CellKey] = [:]
    for cell in experiment.cells {
      let label = cell.cell.label.value
      guard experiment.needs(of: label).allSatisfy({ keys[$0] != nil }) else { continue }
      keys[label] = key(of: cell, scope: try scope(of: cell, in: experiment), in: experiment, upstream: keys)
    }
    return keys
  }
}
