import Foundation

/// Which names a record's folder and files may have: those that git accepts and every clone can check out.
enum RecordPath {
  /// Throws ``LedgerError/invalidName(name:reason:)`` unless `name` can be an experiment's folder.
  static func check(experiment name: String) throws {
    if name.contains("/") { throw LedgerError.invalidName(name: name, reason: "it contains a slash") }
    if let reason = fault(in: Substring(name)) { throw LedgerError.invalidName(name: name, reason: reason) }
    if Aside.holds(name) { throw LedgerError.invalidName(name: name, reason: "the ledger keeps “\(name)” for itself") }
  }

  /// Throws ``LedgerError/invalidPath(path:experiment:reason:)`` unless all paths can stand side by side in a record.
  static func check(_ paths: some Sequence<String>, experiment: String) throws {
    let paths = Set(paths)
    for path in paths.sorted() {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      for part in parts {
        if let reason = fault(in: part) {
          throw LedgerError.invalidPath(path: path, experiment: experiment, reason: reason)
        }
      }
      for length in 1..<max(parts.count, 1) where paths.contains(parts.prefix(length).joined(separator: "/")) {
        let file = parts.prefix(length).joined(separator: "/")
        throw LedgerError.invalidPath(
          path: path, experiment: experiment, reason: "“\(file)” is a file of the same record, so not a folder")
      }
    }
  }

  private static func fault(in name: Substring) -> String? {
    if name.isEmpty { return "a part of it is empty" }
    if name == "." || name == ".." { return "“\(name)” is not a name of its own" }
    if name.utf8.contains(0) { return "it contains a NUL byte" }
    if name.utf8.count > 255 { return "a part of it has \(name.utf8.count) bytes, and file systems take at most 255" }
    if [".git", "git~1"].contains(name.lowercased()) { return "git keeps “\(name)” for itself" }
    return nil
  }
}
