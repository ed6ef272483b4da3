import Experiment
import Foundation
import Ledger
import Manuscript
import Statistics

extension Project {
  /// A commit of the ledger, as far as its message tells.
  public struct Logged: Sendable {
    /// The commit.
    public let entry: Entry
    /// The experiments that were asked for, of those whose records it made.
    let names: [String]

    /// What its message says of each record that it made; read when it is asked for, since a history is long.
    public var messages: [RunMessage] {
      let lines = entry.lines
      return names.compactMap { RunMessage(lines, experiment: $0) }
    }
  }

  /// The commits of one experiment, or of all, newest first, told from their messages.
  ///
  /// - Parameters:
  ///   - limit: at most so many; all if `nil`.
  ///   - revision: where to begin; the newest if `nil`.
  /// - Throws: `ProjectError.noRecords` if there are none, `.noSuchRecord` if none is of that experiment.
  public func log(of experiment: String? = nil, limit: Int? = nil, from revision: String? = nil) throws -> [Logged] {
    let ledger = try ledger()
    guard let head = try ledger.head() else { throw ProjectError.noRecords }
    let start = try revision.map { try ledger.commit(named: $0) } ?? head
    let entries = try ledger.history(experiment: experiment, limit: limit, from: start, registrations: true)
    if let experiment, entries.isEmpty {
      throw ProjectError.noSuchRecord(experiment: experiment, known: try ledger.experiments(at: start))
    }
    return entries.map { entry in
      Logged(
        entry: entry, names: experiment.map { name in entry.experiments.filter { $0 == name } } ?? entry.experiments)
    }
  }

  /// One record of a history as `palimpsest log --json` prints it, told from the record itself.
  public struct LoggedRecord: Encodable, Sendable {
    /// The commit that recorded it, in full.
    public let commit: String
    /// When it was recorded, in ISO 8601.
    public let date: String
    /// Who recorded it.
    public let author: String
    /// The message's first line.
    public let subject: String
    /// The experiment.
    public let experiment: String
    /// How it came out; `nil` without claims.
    public let verdict: Verdict?
    /// The claims, in the order of the document.
    public let claims: [RunMessage.Claim]
    /// The values, by path.
    public let values: [RecordComparison.Moved]
    /// What went wrong in cells that failed, by label.
    public let failures: [String: String]
    /// The cells that were dropped after they had run.
    public let withdrawn: [String]
    /// The message's trailers, by key.
    public let trailers: [String: String]
  }

  /// The records that a commit made, with what moved against the commit before.
  ///
  /// - Throws: `LedgerError`, `RecordError`.
  public func details(of logged: Logged) throws -> [LoggedRecord] {
    let (ledger, entry) = (try ledger(), logged.entry)
    return try entry.experiments.compactMap { name -> LoggedRecord? in
      guard let record = try record(of: name, at: entry.commit, in: ledger) else { return nil }
      // The parent of the edge of a shallow clone is not there.
      let before = try? entry.parents.first.flatMap { try self.record(of: name, at: $0, in: ledger) }
      let old = Dictionary(before?.headline.map { ($0.path, $0.value) } ?? []) { first, _ in first }
      let message = RunMessage(entry.lines, experiment: name)
      let standings = Dictionary(message?.claims.map { ($0.label, $0.standing) } ?? []) { first, _ in first }
      return LoggedRecord(
        commit: entry.commit.hex, date: entry.date.ISO8601Format(), author: "\(entry.author) <\(entry.email)>",
        subject: entry.subject, experiment: name, verdict: record.verdict,
        claims: record.claims.map {
          RunMessage.Claim(label: $0.label, verdict: $0.verdict, says: $0.says, standing: standings[$0.label] ?? nil)
        },
        values: record.headline.map {
          .init(path: $0.path, before: old[$0.path], after: $0.value)
        },
        failures: Dictionary(record.cells.compactMap { cell in cell.failure.map { (cell.label, $0) } }) { first, _ in
          first
        },
        withdrawn: message?.withdrawn ?? [],
        trailers: Dictionary(entry.trailers.filter { $0.key != "Claim" }.map { ($0.key, $0.value) }) { first, _ in first
        })
    }
  }
}
