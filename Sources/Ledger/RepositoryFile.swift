import CGit2
import Foundation

extension Repository {
  /// A file as a commit has it, by its path from the root of the tree; `nil` if the commit has none there.
  ///
  /// - Throws: ``LedgerError`` if the commit is not in the repository.
  public func file(_ path: String, at commit: CommitID) throws -> Data? {
    let repository = try open()
    guard let root = try Ledger.root(of: commit.oid, in: repository) else { return nil }
    let tree = try Handle.tree(root, in: repository)
    var entry: OpaquePointer?
    defer { git_tree_entry_free(entry) }
    guard git_tree_entry_bypath(&entry, tree.pointer, path) == 0, git_tree_entry_type(entry) == GIT_OBJECT_BLOB,
      let id = git_tree_entry_id(entry)
    else { return nil }
    return try TreeReader.content(of: id.pointee, in: repository)
  }

  /// The files at or under a path of a commit, by their paths from the root of the tree.
  ///
  /// - Throws: ``LedgerError`` if the commit is not in the repository.
  public func files(under path: String, at commit: CommitID) throws -> [String] {
    let repository = try open()
    guard let root = try Ledger.root(of: commit.oid, in: repository) else { return [] }
    let tree = try Handle.tree(root, in: repository)
    var entry: OpaquePointer?
    defer { git_tree_entry_free(entry) }
    guard git_tree_entry_bypath(&entry, tree.pointer, path) == 0, let id = git_tree_entry_id(entry) else { return [] }
    guard git_tree_entry_type(entry) == GIT_OBJECT_TREE else { return [path] }
    return try TreeReader.blobs(under: id.pointee, in: repository).keys.map { "\(path)/\($0)" }.sorted()
  }
}
