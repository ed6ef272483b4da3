import Experiment
import Foundation
import Ledger
import Site
import Tensor

extension Project {
  /// Two commits of results side by side, an entry for each experiment whose record differs.
  ///
  /// - Parameters:
  ///   - range: `A..B`, see ``range(_:)``; the last commit against the one before if `nil`.
  ///   - experiment: only this one.
  /// - Throws: as ``results(at:)``; `ProjectError.noSuchRecord` if neither side has that experiment.
  public func diff(_ range: String?, experiment: String? = nil) throws -> [RecordComparison] {
    let ledger = try ledger()
    let (from, to) = try self.range(range)
    let known = Set(try recorded(at: from, in: ledger)).union(try recorded(at: to, in: ledger)).sorted()
    if let experiment, !known.contains(experiment) {
      throw ProjectError.noSuchRecord(experiment: experiment, known: known)
    }
    return try known.filter { experiment == nil || $0 == experiment }.compactMap { name in
      // Equal trees are equal records, and need not be read.
      guard try ledger.treeName(of: name, at: from) != ledger.treeName(of: name, at: to) else { return nil }
      return RecordComparison(
        name, from: try record(of: name, at: from, in: ledger), to: try record(of: name, at: to, in: ledger))
    }
  }

  /// Writes two commits of results side by side as one HTML page that stands alone, figures in pairs.
  ///
  /// - Throws: as ``diff(_:experiment:)``; `FileError` if the file cannot be written.
  public func writeDiff(_ comparisons: [RecordComparison], range: String?, to file: URL) throws {
    let (from, to) = try self.range(range)
    let site = Site(theme: root.appending(path: "site"), output: reportFolder)
    let html = try site.comparison(comparisons, from: from.hex, to: to.hex)
    try AtomicFile.write(Data(html.utf8), to: file)
  }
}
