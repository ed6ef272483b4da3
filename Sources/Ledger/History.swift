import CGit2
import Foundation

extension Ledger {
  /// The records of one experiment, or of all, newest first.
  ///
  /// Order follows parents, and dates only between lines of history that do not depend on each other: a clock that
  /// jumped back reorders nothing. A shallow clone's history ends where the clone does.
  ///
  /// - Parameters:
  ///   - experiment: Only commits that changed this experiment's record; all if `nil`.
  ///   - limit: At most so many; all if `nil`.
  ///   - start: Where to begin; the newest if `nil`.
  ///   - registrations: Whether commits that registered claims are told as well as records.
  public func history(
    experiment: String? = nil, limit: Int? = nil, from start: CommitID? = nil, registrations: Bool = false
  ) throws -> [Entry] {
    let handle = try repository.open()
    guard let first = try start?.oid ?? Tip.of(branch, in: handle).start else { return [] }
    var walk = HistoryWalk(from: first, index: HistoryIndex(of: repository))
    var entries: [Entry] = []
    while entries.count < limit ?? .max, let (commit, node) = try walk.next(in: handle) {
      let (records, registered) = (node.records, registrations ? node.registered : [])
      if let experiment, !records.contains(experiment), !registered.contains(experiment) { continue }
      if !registrations, records.isEmpty, !node.registered.isEmpty { continue }
      entries.append(Entry(commit, node, walk.index.authored(node)))
    }
    walk.index.keep()
    return entries
  }

  /// The commit that made an experiment's record as it stands at a commit, or that removed it; `nil` if it never had one.
  ///
  /// As in git's own history of a folder, a merge leads on to the parent whose record it took: which side's clock was
  /// ahead says nothing of which side's record stands.
  ///
  /// - Parameter commit: The commit; the newest if `nil`.
  public func maker(of experiment: String, at commit: CommitID? = nil) throws -> Entry? {
    let handle = try repository.open()
    guard let first = try commit?.oid ?? Tip.of(branch, in: handle).start else { return nil }
    var walk = HistoryWalk(from: first, index: HistoryIndex(of: repository))
    defer { walk.index.keep() }
    var name = first.hex
    while true {
      let node = try walk.node(of: name, in: handle)
      if node.records.contains(experiment) { return Entry(name, node, walk.index.authored(node)) }
      guard let parent = try HistoryWalk.parent(of: name, node, holding: experiment, in: handle) else { return nil }
      name = parent
    }
  }
}

extension Entry {
  fileprivate init(_ commit: String, _ node: HistoryIndex.Node, _ authored: Authored) {
    self.init(
      commit: CommitID(trusted: commit), authored: authored, parents: node.parents.map { CommitID(trusted: $0) },
      experiments: node.records, registered: node.registered)
  }
}

/// Walks from commits to their parents. libgit2's own walk fails at the edge of a shallow clone.
private struct HistoryWalk {
  private var frontier: [(commit: String, time: git_time_t, node: HistoryIndex.Node?)]
  private var seen: Set<String>
  var index: HistoryIndex

  init(from start: git_oid, index: HistoryIndex) {
    frontier = [(start.hex, 0, nil)]
    seen = [start.hex]
    self.index = index
  }

  mutating func next(in repository: borrowing Handle) throws -> (commit: String, node: HistoryIndex.Node)? {
    guard let newest = frontier.indices.max(by: { frontier[$0].time < frontier[$1].time }) else { return nil }
    let (commit, _, known) = frontier.remove(at: newest)
    let node = try known ?? self.node(of: commit, in: repository)
    for parent in node.parents where seen.insert(parent).inserted {
      if let known = index[parent] {
        frontier.append((parent, known.time, known))
      } else if let time = try Self.time(of: parent, in: repository) {
        frontier.append((parent, time, nil))
      }
    }
    return (commit, node)
  }

  /// What a commit changed, and its parents.
  mutating func node(of commit: String, in repository: borrowing Handle) throws -> HistoryIndex.Node {
    try index[commit] ?? read(commit, in: repository)
  }

  /// The parent whose record of an experiment is a commit's own; `nil` if there is none here.
  static func parent(
    of commit: String, _ node: HistoryIndex.Node, holding experiment: String, in repository: borrowing Handle
  ) throws -> String? {
    // Where nothing was merged, what a commit did not change is its parent's.
    guard node.parents.count > 1 else { return node.parents.first }
    func record(_ name: String) throws -> git_oid? {
      guard let root = try Ledger.root(of: try id(name), in: repository) else { return nil }
      return try TreeReader.folder(experiment, in: root, of: repository)
    }
    let own = try record(commit)
    return try node.parents.first { parent in
      guard try time(of: parent, in: repository) != nil else { return false }
      return git_oid.same(try record(parent), own)
    }
  }

  /// Reads it from the objects; it is kept in the index unless the clone is cut there.
  private mutating func read(_ name: String, in repository: borrowing Handle) throws -> HistoryIndex.Node {
    let commit = try Handle.commit(try Self.id(name), in: repository)
    let tree = git_commit_tree_id(commit.pointer)?.pointee
    var changed: TreeChanges?
    var parents: [String] = []
    var isCut = false
    for place in 0..<git_commit_parentcount(commit.pointer) {
      guard let parent = git_commit_parent_id(commit.pointer, place)?.pointee else { continue }
      parents.append(parent.hex)
      do {
        let before = git_commit_tree_id(try Handle.commit(parent, in: repository).pointer)?.pointee
        let changes = try TreeChanges(from: before, to: tree, in: repository)
        // What a merge took from one of its parents is told where it was recorded.
        changed = changed?.intersection(changes) ?? changes
      } catch {
        guard git_repository_is_shallow(repository.pointer) == 1 else { throw error }
        isCut = true
      }
    }
    let changes = try changed ?? TreeChanges(from: nil, to: tree, in: repository)
    let node = HistoryIndex.Node(
      time: git_commit_time(commit.pointer), parents: parents, records: changes.records, registered: changes.registered,
      said: .read(Authored(commit.pointer)))
    if !isCut { index.add(node, at: name) }
    return node
  }

  /// When a commit was made; `nil` where a shallow clone is cut.
  private static func time(of name: String, in repository: borrowing Handle) throws -> git_time_t? {
    do {
      return git_commit_time(try Handle.commit(try id(name), in: repository).pointer)
    } catch {
      guard git_repository_is_shallow(repository.pointer) == 1 else { throw error }
      return nil
    }
  }

  private static func id(_ name: String) throws -> git_oid { try CommitID(trusted: name).oid }
}
