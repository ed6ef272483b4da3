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
    let repository = try repository.open()
    guard let first = try start?.oid ?? Tip.of(branch, in: repository).start else { return [] }
    var walk = HistoryWalk(from: first)
    var entries: [Entry] = []
    while entries.count < limit ?? .max, let entry = try walk.next(in: repository) {
      let touched = registrations ? entry.experiments + entry.registered : entry.experiments
      if let experiment, !touched.contains(experiment) { continue }
      if !registrations, entry.experiments.isEmpty, !entry.registered.isEmpty { continue }
      entries.append(entry)
    }
    return entries
  }
}

/// Walks from commits to their parents. libgit2's own walk fails at the edge of a shallow clone.
private struct HistoryWalk {
  private var frontier: [(id: git_oid, time: git_time_t)] = []
  private var seen: Set<String> = []

  init(from start: git_oid) {
    frontier = [(start, 0)]
    seen = [start.hex]
  }

  mutating func next(in repository: borrowing Handle) throws -> Entry? {
    guard let newest = frontier.indices.max(by: { frontier[$0].time < frontier[$1].time }) else { return nil }
    let id = frontier.remove(at: newest).id
    let commit = try Handle.commit(id, in: repository)
    let tree = git_commit_tree_id(commit.pointer)?.pointee
    var changed: TreeChanges?
    var parents: [CommitID] = []
    for index in 0..<git_commit_parentcount(commit.pointer) {
      guard let parent = git_commit_parent_id(commit.pointer, index)?.pointee else { continue }
      parents.append(CommitID(parent))
      do {
        let parentCommit = try Handle.commit(parent, in: repository)
        let before = git_commit_tree_id(parentCommit.pointer)?.pointee
        let changes = try TreeChanges(from: before, to: tree, in: repository)
        // What a merge took from one of its parents is told where it was recorded.
        changed = changed?.intersection(changes) ?? changes
        if seen.insert(parent.hex).inserted { frontier.append((parent, git_commit_time(parentCommit.pointer))) }
      } catch {
        // A shallow clone ends where it was cut.
        guard git_repository_is_shallow(repository.pointer) == 1 else { throw error }
      }
    }
    let changes = try changed ?? TreeChanges(from: nil, to: tree, in: repository)
    return Self.entry(
      id, commit.pointer, parents: parents, experiments: changes.records, registered: changes.registered)
  }

  private static func entry(
    _ id: git_oid, _ commit: OpaquePointer, parents: [CommitID], experiments: [String], registered: [String]
  ) -> Entry {
    let author = git_commit_author(commit)?.pointee
    return Entry(
      commit: CommitID(id),
      date: Date(timeIntervalSince1970: TimeInterval(author?.when.time ?? git_commit_time(commit))),
      offset: Int(author?.when.offset ?? 0),
      author: author?.name.map { String(cString: $0) } ?? "",
      email: author?.email.map { String(cString: $0) } ?? "",
      message: CommitMessage(parsing: git_commit_message(commit).map { String(cString: $0) } ?? ""),
      parents: parents, experiments: experiments, registered: registered)
  }
}
