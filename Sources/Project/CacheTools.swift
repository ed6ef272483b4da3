import Experiment
import Foundation
import Ledger
import Tensor

extension Project {
  /// This folder's cache.
  public var cache: Cache { Cache(project: root) }

  /// How much the cache may hold when a run ends: git's setting `palimpsest.cacheLimit`, else 20 GiB.
  ///
  /// - Throws: `ProjectError.notAnAmount` if the setting is none.
  public func cacheLimit() throws -> ByteCount {
    let name = "palimpsest.cacheLimit"
    guard let text = try ledger().repository.setting(name) else { return ByteCount(20 << 30) }
    guard let limit = ByteCount(text) else { throw ProjectError.notAnAmount(setting: name, found: text) }
    return limit
  }

  /// The cells whose newest results are kept under each key, as `experiment.cell`.
  public func names(ofKeys keys: Set<Digest>) throws -> [Digest: [String]] {
    var names: [Digest: [String]] = [:]
    for record in (try? newestRecords()) ?? [] {
      for cell in record.cells where keys.contains(cell.key) {
        names[cell.key, default: []].append("\(record.experiment).\(cell.label)")
      }
      for set in record.promptSets where keys.contains(set.key) {
        names[set.key, default: []].append("\(set.model) reading \(set.data)")
      }
    }
    return names
  }

  /// Reads everything that the cache keeps; damaged entries are removed, and their work will be done again.
  ///
  /// - Returns: how many results are whole, and what was damaged.
  public func verifyCache() -> (whole: Int, faults: [CacheFault]) { Cache.verify(project: root) }
}
