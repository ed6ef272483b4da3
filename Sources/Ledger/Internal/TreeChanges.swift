import CGit2

/// The experiments whose folders differ between two root trees.
///
/// Trees are walked side by side in git's order and compared by the names of what they hold, so that ten thousand
/// commits of a hundred experiments are compared without a text being made of any that is equal.
struct TreeChanges {
  private(set) var records: [String] = []
  private(set) var registered: [String] = []

  /// - Parameters:
  ///   - old: the tree before; everything is new if `nil`.
  ///   - new: the tree after; everything is gone if `nil`.
  init(from old: git_oid?, to new: git_oid?, in repository: borrowing Handle) throws {
    guard !git_oid.same(old, new) else { return }
    for name in try Self.names(from: old, to: new, in: repository) {
      if name == Aside.registered.rawValue {
        let before = try old.flatMap { try TreeReader.folder(name, in: $0, of: repository) }
        let after = try new.flatMap { try TreeReader.folder(name, in: $0, of: repository) }
        registered = try Self.names(from: before, to: after, in: repository)
      } else if !Aside.holds(name) {
        records.append(name)
      }
    }
  }

  /// What differs from both of two parents.
  func intersection(_ other: TreeChanges) -> TreeChanges {
    var both = self
    both.records.removeAll { !other.records.contains($0) }
    both.registered.removeAll { !other.registered.contains($0) }
    return both
  }

  /// The names of the folders that differ, sorted.
  private static func names(from old: git_oid?, to new: git_oid?, in repository: borrowing Handle) throws -> [String] {
    guard let new else { return try old.map { try folders(in: $0, of: repository) } ?? [] }
    guard let old else { return try folders(in: new, of: repository) }
    let before = try Handle.tree(old, in: repository)
    let after = try Handle.tree(new, in: repository)
    let (beforeCount, afterCount) = (git_tree_entrycount(before.pointer), git_tree_entrycount(after.pointer))
    var (i, j) = (0, 0)
    var found: [String] = []
    func add(_ entry: OpaquePointer?) {
      guard git_tree_entry_type(entry) == GIT_OBJECT_TREE, let name = git_tree_entry_name(entry) else { return }
      found.append(String(cString: name))
    }
    while i < beforeCount || j < afterCount {
      let left = i < beforeCount ? git_tree_entry_byindex(before.pointer, i) : nil
      let right = j < afterCount ? git_tree_entry_byindex(after.pointer, j) : nil
      let order = left == nil ? 1 : right == nil ? -1 : git_tree_entry_cmp(left, right)
      if order == 0 {
        if git_oid_cmp(git_tree_entry_id(left), git_tree_entry_id(right)) != 0 { add(right) }
        (i, j) = (i + 1, j + 1)
      } else if order < 0 {
        add(left)
        i += 1
      } else {
        add(right)
        j += 1
      }
    }
    return Set(found).sorted()
  }

  private static func folders(in tree: git_oid, of repository: borrowing Handle) throws -> [String] {
    try TreeReader.entries(of: tree, in: repository).filter(\.isFolder).map(\.name).sorted()
  }
}
