import Experiment
import Foundation
import Ledger
import Runner
import Synchronization
import Tensor

extension Project {
  /// Where results are looked for before a cell runs: this folder's cache, then the newest records of the ledger, so
  /// that a fresh clone need not compute what is recorded.
  func store(onFault: @escaping @Sendable (CacheFault) -> Void = { _ in }) -> ResultStore {
    let cache = Cache(project: root, onFault: onFault)
    let recorded = Mutex<RecordedResults?>(nil)
    return ResultStore(
      load: { key in
        if let data = cache.result(for: key), let results = try? CanonicalJSON.decode(Results.self, from: data) {
          return results
        }
        return recorded.withLock { known in
          let all = known ?? RecordedResults(of: self)
          known = all
          return all.results(of: key)
        }
      },
      save: { results, key in try cache.setResult(try CanonicalJSON.encode(results), for: key) })
  }

  /// The newest record of every experiment that has one.
  ///
  /// - Throws: `LedgerError` if there is no repository, `RecordError` if a record is damaged.
  public func newestRecords() throws -> [Record] {
    try ledger().records().map { try Record(experiment: $0.experiment, files: $0.files) }
  }
}

/// The results in the newest records, of which only those are read that somebody asks for.
private struct RecordedResults {
  private let records: [(experiment: String, files: [String: Data])]

  init(of project: Project) { records = (try? project.ledger().records()) ?? [] }

  /// The results that were recorded under a key, if there are any.
  func results(of key: Digest) -> Results? {
    for (experiment, files) in records where files.contains(where: { Self.holds($0.key, $0.value, key) }) {
      guard let record = try? Record(experiment: experiment, files: files) else { continue }
      if let cell = record.cells.first(where: { $0.key == key && $0.failure == nil }) { return cell.results }
      if let set = record.promptSets.first(where: { $0.key == key }) { return set.results }
    }
    return nil
  }

  /// Whether a file names a key, as cells and prompts do.
  private static func holds(_ path: String, _ data: Data, _ key: Digest) -> Bool {
    path.hasSuffix(".json")
      && data.withUnsafeBytes { $0.withMemoryRebound(to: UInt8.self) { $0.place(of: key.hex.utf8) != nil } }
  }
}
