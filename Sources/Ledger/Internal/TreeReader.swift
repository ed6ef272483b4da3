import CGit2
import Foundation

/// Reads trees and blobs.
enum TreeReader {
  /// One line of a tree.
  struct Entry {
    let name: String
    let id: git_oid
    let kind: git_object_t

    var isFolder: Bool { kind == GIT_OBJECT_TREE }
    /// Whether it is an experiment's folder, as an entry of a ledger's root.
    var isRecord: Bool { isFolder && !Aside.holds(name) }
  }

  /// What a tree lists, in git's order.
  static func entries(of tree: git_oid, in repository: borrowing Handle) throws -> [Entry] {
    let tree = try Handle.tree(tree, in: repository)
    return (0..<git_tree_entrycount(tree.pointer)).compactMap { index in
      guard let entry = git_tree_entry_byindex(tree.pointer, index), let name = git_tree_entry_name(entry),
        let id = git_tree_entry_id(entry)
      else { return nil }
      return Entry(name: String(cString: name), id: id.pointee, kind: git_tree_entry_type(entry))
    }
  }

  /// The folder of this name in a tree.
  static func folder(_ name: String, in tree: git_oid, of repository: borrowing Handle) throws -> git_oid? {
    let tree = try Handle.tree(tree, in: repository)
    guard let entry = git_tree_entry_byname(tree.pointer, name), git_tree_entry_type(entry) == GIT_OBJECT_TREE else {
      return nil
    }
    return git_tree_entry_id(entry)?.pointee
  }

  /// The file at a path under a tree; `nil` if there is none.
  static func file(_ path: String, under tree: git_oid, in repository: borrowing Handle) throws -> git_oid? {
    var folder: git_oid? = tree
    let parts = path.split(separator: "/").map(String.init)
    for part in parts.dropLast() { folder = try folder.flatMap { try self.folder(part, in: $0, of: repository) } }
    guard let folder, let name = parts.last else { return nil }
    let handle = try Handle.tree(folder, in: repository)
    guard let entry = git_tree_entry_byname(handle.pointer, name), git_tree_entry_type(entry) == GIT_OBJECT_BLOB else {
      return nil
    }
    return git_tree_entry_id(entry)?.pointee
  }

  /// All files under a tree, by path.
  static func blobs(under tree: git_oid, in repository: borrowing Handle) throws -> [String: git_oid] {
    var found: [String: git_oid] = [:]
    var folders = [(prefix: "", id: tree)]
    while let folder = folders.popLast() {
      for entry in try entries(of: folder.id, in: repository) {
        let path = folder.prefix + entry.name
        if entry.isFolder {
          folders.append((path + "/", entry.id))
        } else if entry.kind == GIT_OBJECT_BLOB {
          found[path] = entry.id
        }
      }
    }
    return found
  }

  /// The bytes of a file.
  static func content(of blob: git_oid, in repository: borrowing Handle) throws -> Data {
    let handle = try Handle.object("reading blob \(blob.hex)", in: repository, free: git_blob_free) { out, owner in
      withUnsafePointer(to: blob) { git_blob_lookup(out, owner, $0) }
    }
    let count = Int(git_blob_rawsize(handle.pointer))
    guard count > 0, let bytes = git_blob_rawcontent(handle.pointer) else { return Data() }
    return Data(bytes: bytes, count: count)
  }
}
