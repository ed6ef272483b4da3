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
  public func history(experiment: String? = nil, limit: Int? = nil, from start: CommitID? = nil) throws -> [Entry] {
    let repository = try repository.open()
    guard let first = try start?.oid ?? Tip.of(branch, in: repository).start else { return [] }
    var walk = HistoryWalk(from: first)
    var entries: [Entry] = []
    while entries.count < limit ?? .max, let entry = try walk.next(in: repository) {
      if let experiment, !entry.experiments.contains(experiment) { continue }
      entries.append(entry)
    }
    return entries
  }
}

/// Walks from commits to their parents. libgit2's own walk fails at the edge of a shallow clone.
private struct HistoryWalk {
  private var frontier: [(id: git_oid, time: git_time_t)] = []
  private var seen: Set<String> = []
  /// The trees that the last commits compared, since a parent is usually the next to be visited.
  private var folders: [String: [String: String]] = [:]

  init(from start: git_oid) {
    frontier = [(start, 0)]
    seen = [start.hex]
  }

  mutating func next(in repository: borrowing Handle) throws -> Entry? {
    guard let newest = frontier.indices.max(by: { frontier[$0].time < frontier[$1].time }) else { return nil }
    let id = frontier.remove(at: newest).id
    let commit = try Handle.commit(id, in: repository)
    let mine = try experiments(of: commit, in: repository)
    var before: [String: String] = [:]
    var parents: [CommitID] = []
    for index in 0..<git_commit_parentcount(commit.pointer) {
      guard let parent = git_commit_parent_id(commit.pointer, index)?.pointee else { continue }
      parents.append(CommitID(parent))
      let time: git_time_t
      do {
        time = git_commit_time(try Handle.commit(parent, in: repository).pointer)
      } catch {
        // A shallow clone ends where it was cut.
        guard git_repository_is_shallow(repository.pointer) == 1 else { throw error }
        continue
      }
      if index == 0 { before = try experiments(of: Handle.commit(parent, in: repository), in: repository) }
      if seen.insert(parent.hex).inserted { frontier.append((parent, time)) }
    }
    let changed = Set(mine.keys).union(before.keys).filter { mine[$0] != before[$0] }.sorted()
    return Self.entry(id, commit.pointer, parents: parents, experiments: changed)
  }

  /// The names of an experiment's trees, by experiment.
  private mutating func experiments(of commit: borrowing Handle, in repository: borrowing Handle) throws
    -> [String: String]
  {
    guard let root = git_commit_tree_id(commit.pointer)?.pointee else { return [:] }
    if let known = folders[root.hex] { return known }
    let entries = try TreeReader.entries(of: root, in: repository).filter(\.isFolder)
    let found = Dictionary(entries.map { ($0.name, $0.id.hex) }, uniquingKeysWith: { first, _ in first })
    if folders.count >= 64 { folders.removeAll() }
    folders[root.hex] = found
    return found
  }

  private static func entry(
    _ id: git_oid, _ commit: OpaquePointer, parents: [CommitID], experiments: [String]
  ) -> Entry {
    let author = git_commit_author(commit)?.pointee
    return Entry(
      commit: CommitID(id),
      date: Date(timeIntervalSince1970: TimeInterval(author?.when.time ?? git_commit_time(commit))),
      offset: Int(author?.when.offset ?? 0),
      author: author?.name.map { String(cString: $0) } ?? "",
      email: author?.email.map { String(cString: $0) } ?? "",
      message: CommitMessage(parsing: git_commit_message(commit).map { String(cString: $0) } ?? ""),
      parents: parents, experiments: experiments)
  }
}
