import CGit2
import Foundation

extension Ledger {
  /// The commit that a revision names.
  ///
  /// Whatever `git rev-parse` takes is understood: a commit's name or its first digits, a branch, a tag, `results~3`. Two
  /// things are added. In a fresh clone the ledger's branch names the remote's. And a date names the newest record made
  /// by then: `2026-11-20` (the whole day), `2026-11-20T14:30Z`, `results@{2026-11-20}`. Git's own dates ask the
  /// reflog, which tells when this clone saw a commit; these ask the commits, so every clone gives the same answer.
  ///
  /// - Throws: ``LedgerError/unknownRevision(revision:path:)``, ``LedgerError/nothingByThen(revision:path:)``.
  public func commit(named revision: String) throws -> CommitID {
    let text = revision.trimmingCharacters(in: .whitespaces)
    if let moment = Moment(text) { return try newest(by: moment, from: branch, asWritten: revision) }
    if text.hasSuffix("}"), let at = text.range(of: "@{"),
      let moment = Moment(String(text[at.upperBound...].dropLast()))
    {
      let start = text[..<at.lowerBound]
      return try newest(by: moment, from: start.isEmpty ? branch : String(start), asWritten: revision)
    }
    return try repository.commit(named: try localised(text))
  }

  /// The revision with the remote's branch in place of a local one that does not exist yet.
  private func localised(_ revision: String) throws -> String {
    let rest = revision.dropFirst(branch.count)
    guard revision.hasPrefix(branch), rest.isEmpty || "~^@:".contains(rest.first ?? "x"),
      let remote = try Tip.of(branch, in: try repository.open()).remote
    else { return revision }
    return remote + rest
  }

  /// The first commit, from a revision back along first parents, whose author's clock was not past a moment.
  private func newest(by moment: Moment, from start: String, asWritten revision: String) throws -> CommitID {
    let repository = try repository.open()
    var id = try self.repository.commit(named: try localised(start)).oid
    while true {
      let commit = try Handle.commit(id, in: repository)
      let time = git_commit_author(commit.pointer)?.pointee.when.time ?? git_commit_time(commit.pointer)
      if TimeInterval(time) < moment.end { return CommitID(id) }
      guard let parent = git_commit_parent_id(commit.pointer, 0)?.pointee,
        !Self.isCut(parent, in: repository)
      else { throw LedgerError.nothingByThen(revision: revision, path: self.repository.path) }
      id = parent
    }
  }

  /// Whether a commit is beyond the edge of a shallow clone.
  private static func isCut(_ commit: git_oid, in repository: borrowing Handle) -> Bool {
    guard git_repository_is_shallow(repository.pointer) == 1 else { return false }
    return (try? Handle.commit(commit, in: repository)) == nil
  }
}

/// A date, or a date and time, as people write it; without a zone it is Greenwich's, as `palimpsest log` prints it.
struct Moment {
  /// The first second that is too late, since 1970.
  let end: TimeInterval

  /// Reads `2026-11-20`, `2026-11-20T14:30`, `2026-11-20 14:30:05`, with `Z` or `+02:00` behind; `nil` for anything else.
  init?(_ text: String) {
    let form = /(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})?)?/
    guard let match = text.wholeMatch(of: form)?.output else { return nil }
    func number(_ part: Substring?) -> Int? { part.flatMap { Int($0) } }
    let parts = DateComponents(
      timeZone: .gmt, year: number(match.1), month: number(match.2), day: number(match.3),
      hour: number(match.4) ?? 0, minute: number(match.5) ?? 0, second: number(match.6) ?? 0)
    var east: TimeInterval = 0
    if let zone = match.7, zone != "Z" {
      let size = (number(zone.dropFirst().prefix(2)) ?? 0) * 3600 + (number(zone.suffix(2)) ?? 0) * 60
      east = TimeInterval(zone.hasPrefix("-") ? -size : size)
    }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    guard parts.isValidDate(in: calendar), let date = calendar.date(from: parts) else { return nil }
    let span: TimeInterval = match.4 == nil ? 86_400 : match.6 == nil ? 60 : 1
    end = date.timeIntervalSince1970 - east + span
  }
}
