import Experiment
import Foundation
import Ledger
import Manuscript

extension Project {
  /// One record in the history of an experiment.
  public struct Past: Sendable {
    /// The commit.
    public let entry: Entry
    /// The record that it holds.
    public let record: Record
  }

  /// The records of one experiment, or of all, newest first.
  ///
  /// - Throws: `ProjectError.noRecords` if there are none, `.noSuchRecord` if none is of that experiment.
  public func history(of experiment: String? = nil, limit: Int? = nil) throws -> [Past] {
    let ledger = try ledger()
    let known = try ledger.experiments()
    guard !known.isEmpty else { throw ProjectError.noRecords }
    if let experiment, !known.contains(experiment) {
      throw ProjectError.noSuchRecord(experiment: experiment, known: known)
    }
    return try ledger.history(experiment: experiment, limit: limit).flatMap { entry in
      try entry.experiments.filter { experiment == nil || $0 == experiment }.compactMap { name in
        try ledger.files(experiment: name, at: entry.commit).map {
          Past(entry: entry, record: try Record(experiment: name, files: $0))
        }
      }
    }
  }
}
