import Experiment
import Manuscript

extension Project {
  /// Checks documents without running anything.
  ///
  /// - Returns: the names of the documents that were checked.
  /// - Throws: `Problems` with everything that is wrong with any of them.
  public func check(_ paths: [String] = [], overrides: [String: String] = [:]) throws -> [String] {
    try experiments(paths, overrides: overrides).map(\.name)
  }

  /// The recorded verdicts of the documents' claims.
  ///
  /// - Throws: `ProjectError.notRun` if some document has no record, or one of another text than it has now.
  public func claims(_ paths: [String] = []) throws -> [(experiment: String, claim: Record.Claim)] {
    let names = try check(paths)
    let records = try newestRecords()
    let sources = try sources(paths)
    let stale = try sources.filter { source in
      let text = try experiment(source).document.source
      return !records.contains { $0.experiment == source.name && $0.document == text }
    }
    guard stale.isEmpty else { throw ProjectError.notRun(experiments: stale.map(\.name)) }
    return records.filter { names.contains($0.experiment) }.flatMap { record in
      record.claims.map { (record.experiment, $0) }
    }
  }
}
