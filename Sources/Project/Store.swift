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
    let recorded = Mutex<[Digest: Results]?>(nil)
    return ResultStore(
      load: { key in
        if let data = cache.result(for: key), let results = try? CanonicalJSON.decode(Results.self, from: data) {
          return results
        }
        return recorded.withLock { known in
          let all = known ?? recordedResults()
          known = all
          return all[key]
        }
      },
      save: { results, key in try cache.setResult(try CanonicalJSON.encode(results), for: key) })
  }

  private func recordedResults() -> [Digest: Results] {
    guard let records = try? newestRecords() else { return [:] }
    let cells = records.flatMap { $0.cells.filter { $0.failure == nil }.map { ($0.key, $0.results) } }
    let promptSets = records.flatMap { $0.promptSets.map { ($0.key, $0.results) } }
    return Dictionary(cells + promptSets) { first, _ in first }
  }

  /// The newest record of every experiment that has one.
  ///
  /// - Throws: `LedgerError` if there is no repository, `RecordError` if a record is damaged.
  public func newestRecords() throws -> [Record] {
    let ledger = try ledger()
    return try ledger.experiments().compactMap { name in
      try ledger.files(experiment: name).map { try Record(experiment: name, files: $0) }
    }
  }
}
