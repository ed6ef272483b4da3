import CGit2
import Foundation

/// One file that differs between two commits of a ledger.
public struct Change: Hashable, Sendable {
  /// What became of the file.
  public enum Kind: Hashable, Sendable {
    /// It is new.
    case added
    /// Its bytes differ.
    case modified
    /// It is gone.
    case removed
  }

  /// The experiment whose record holds it.
  public let experiment: String
  /// The path inside the record.
  public let path: String
  /// The bytes before; `nil` if it was not there.
  public let before: Data?
  /// The bytes after; `nil` if it is not there any more.
  public let after: Data?

  /// Added, modified or removed.
  public var kind: Kind {
    switch (before, after) {
    case (nil, _): .added
    case (_, nil): .removed
    default: .modified
    }
  }
}

extension Ledger {
  /// The files that differ between two commits, by experiment and path.
  ///
  /// - Parameters:
  ///   - old: The commit before; `nil` stands for an empty ledger.
  ///   - new: The commit after.
  ///   - experiment: Only this experiment's; all if `nil`.
  public func changes(from old: CommitID?, to new: CommitID, experiment: String? = nil) throws -> [Change] {
    let repository = try repository.open()
    let before = try old.map { try folders(at: $0, in: repository) } ?? [:]
    let after = try folders(at: new, in: repository)
    var changes: [Change] = []
    for name in Set(before.keys).union(after.keys).sorted() where experiment == nil || experiment == name {
      // Equal trees have equal names: whole records are passed over without being read.
      guard !git_oid.same(before[name], after[name]) else { continue }
      let left = try before[name].map { try TreeReader.blobs(under: $0, in: repository) } ?? [:]
      let right = try after[name].map { try TreeReader.blobs(under: $0, in: repository) } ?? [:]
      for path in Set(left.keys).union(right.keys).sorted() where !git_oid.same(left[path], right[path]) {
        changes.append(
          Change(
            experiment: name, path: path,
            before: try left[path].map { try TreeReader.content(of: $0, in: repository) },
            after: try right[path].map { try TreeReader.content(of: $0, in: repository) }))
      }
    }
    return changes
  }

  private func folders(at commit: CommitID, in repository: borrowing Handle) throws -> [String: git_oid] {
    guard let root = try root(at: commit, in: repository) else { return [:] }
    let entries = try TreeReader.entries(of: root, in: repository).filter(\.isRecord)
    return Dictionary(entries.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
  }
}
