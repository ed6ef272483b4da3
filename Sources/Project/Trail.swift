import Experiment
import Foundation
import Ledger
import Manuscript
import Tensor

/// What an experiment's history says of its present record: which claims came before their results, and which cells ran
/// and were dropped.
///
/// It is told from the commits alone, oldest first, so that every clone tells the same.
public struct Trail: Sendable {
  /// The claims of the newest record, in its order.
  public package(set) var registrations: [Registration] = []
  /// The cells that were dropped after they had run, by label.
  public package(set) var withdrawn: [Withdrawn] = []
  /// How many cells, told apart by label, have ever had a result.
  public package(set) var everRun = 0

  /// A history that says nothing yet.
  package init() {}
}

/// Reads a history from its beginning.
struct TrailReader {
  /// Where a wording first appeared; orders count on from commit to commit.
  private struct Wording {
    let text: String
    let order: Int
    let commit: String
    let isInSource: Bool
  }

  private struct Seen {
    let order: Int
    let commit: String
  }

  /// The parts of a record's `status.json` and `results/*.json` that matter here.
  private struct Status: Decodable {
    let cells: [String]
    let failures: [String: String]
    let claims: [Record.Claim]
  }

  private struct KeyedCell: Decodable {
    let key: Digest
  }

  private let experiment: String
  private let ledger: Ledger
  /// The document's path in the repository.
  private let document: String
  private var order = 0
  private var wordings: [String: [Wording]] = [:]
  private var results: [String: Seen] = [:]
  private var keys: [Digest: Seen] = [:]
  private var keyOf: [String: Digest] = [:]
  private var last: [String: CommitID] = [:]

  init(experiment: String, ledger: Ledger, document: String) {
    (self.experiment, self.ledger, self.document) = (experiment, ledger, document)
  }

  /// Takes in one commit; they are to come oldest first.
  mutating func read(_ entry: Entry) throws {
    if entry.registered.contains(experiment) {
      try read(registration: ledger.registration(of: experiment, at: entry.commit), commit: entry.commit.hex)
    }
    guard entry.experiments.contains(experiment),
      let data = try ledger.file("status.json", of: experiment, at: entry.commit)
    else { return }
    let status = try CanonicalJSON.decode(Status.self, from: data)
    try read(
      status.claims.map { ($0.label, $0.wording) }, source: entry.message["Source-Commit"].flatMap(CommitID.init(hex:)))
    let (ledger, experiment) = (ledger, experiment)
    try add(cells: status.cells.filter { status.failures[$0] == nil }, commit: entry.commit.hex) { label in
      let file = try ledger.file("results/\(label).json", of: experiment, at: entry.commit)
      return try file.map { try CanonicalJSON.decode(KeyedCell.self, from: $0).key }
    }
    for label in status.cells where status.failures[label] == nil { last[label] = entry.commit }
    for claim in status.claims { add(claim.label, claim.wording, commit: entry.commit.hex, isInSource: false) }
    order += 1
  }

  /// Takes in a record that is about to be committed, and tells what the history says of it.
  mutating func trail(adding record: Record, source: CommitID?, commit: String) throws -> Trail {
    try read(record.claims.map { ($0.label, $0.wording) }, source: source)
    let fine = record.cells.filter { $0.failure == nil }
    let known = Dictionary(fine.map { ($0.label, $0.key) }) { first, _ in first }
    try add(cells: fine.map(\.label), commit: commit) { known[$0] }
    for claim in record.claims { add(claim.label, claim.wording, commit: commit, isInSource: false) }
    order += 1
    return try trail(of: record)
  }

  /// What the history so far says of its newest record.
  func trail(of record: Record) throws -> Trail {
    var trail = Trail()
    trail.registrations = record.claims.compactMap { registration(of: $0, in: record) }
    let present = Set(record.cells.map(\.label))
    let presentKeys = Set(record.cells.map(\.key))
    trail.withdrawn = try last.keys.sorted().compactMap { label in
      guard !present.contains(label), !(keyOf[label].map(presentKeys.contains) ?? false), let commit = last[label],
        let data = try ledger.file("results/\(label).json", of: experiment, at: commit)
      else { return nil }
      let cell = try CanonicalJSON.decode(Record.Cell.self, from: data)
      return Withdrawn(label: label, kind: cell.kind, commit: commit.hex, headline: cell.headline)
    }
    trail.everRun = results.count
    return trail
  }

  private mutating func read(registration files: [String: Data]?, commit: String) throws {
    defer { order += 1 }
    guard let data = files?["claims.json"] else { return }
    for claim in try CanonicalJSON.decode([RegisteredClaim].self, from: data) {
      add(claim.label, claim.wording, commit: commit, isInSource: false)
    }
  }

  /// Wordings that stood in the document of the commit that a record was made from were there before its results.
  private mutating func read(_ claims: [(label: String, wording: String)], source: CommitID?) throws {
    defer { order += 1 }
    guard let source, claims.contains(where: { claim in !isKnown(claim.label, claim.wording) }),
      let data = try? ledger.repository.file(document, at: source)
    else { return }
    let text = String(decoding: data, as: UTF8.self)
    let committed = (try? RegisteredClaim.all(in: text, of: experiment)) ?? []
    for claim in committed { add(claim.label, claim.wording, commit: source.hex, isInSource: true) }
  }

  private func isKnown(_ label: String, _ wording: String) -> Bool {
    wordings[label]?.contains { $0.text == wording } ?? false
  }

  private mutating func add(_ label: String, _ wording: String, commit: String, isInSource: Bool) {
    guard !isKnown(label, wording) else { return }
    wordings[label, default: []].append(
      Wording(text: wording, order: order, commit: commit, isInSource: isInSource))
  }

  /// A cell under a new label has been seen before if its key has: a name does not make a result new.
  private mutating func add(cells: [String], commit: String, key: (String) throws -> Digest?) throws {
    for label in cells where results[label] == nil {
      let key = try key(label)
      let seen = key.flatMap { keys[$0] } ?? Seen(order: order, commit: commit)
      results[label] = seen
      if let key {
        keyOf[label] = key
        keys[key] = keys[key] ?? seen
      }
    }
  }

  private func registration(of claim: Record.Claim, in record: Record) -> Registration? {
    guard let wording = wordings[claim.label]?.first(where: { $0.text == claim.wording }) else { return nil }
    let first = claim.cells(in: record).compactMap { results[$0] }.min { $0.order < $1.order }
    let isBefore = first.map { wording.order < $0.order } ?? true
    let hadAnother = wordings[claim.label]?.contains { $0.order < wording.order } ?? false
    return Registration(
      label: claim.label, standing: isBefore ? .before : hadAnother ? .changed : .after, wording: wording.commit,
      isInSource: wording.isInSource, firstResult: first?.commit)
  }
}

extension Record.Claim {
  /// The labels of the cells whose results bear on the claim: those that its expectations name.
  func cells(in record: Record) -> [String] {
    let words = expectations.flatMap { expectation in
      (expectation.source.split { !($0.isLetter || $0.isNumber || "_-.".contains($0)) }
        + expectation.values.keys.map { $0[...] })
        .map { $0.prefix { !".[".contains($0) } }
    }
    return record.cells.map(\.label).filter { words.contains($0[...]) }
  }
}

extension Record.Cell {
  /// The headline values with their paths from the cell's label.
  var headline: [(path: String, value: Value)] {
    results.headline.compactMap { name in
      results[name.split(separator: ".").map(String.init)].map { ("\(label).\(name)", $0) }
    }
  }
}

extension Project {
  /// What the history says of an experiment's record at a commit.
  ///
  /// - Parameter commit: the newest if `nil`.
  /// - Throws: `ProjectError.noSuchRecord` if there is none; `LedgerError`, `RecordError`.
  public func trail(of experiment: String, at commit: CommitID? = nil) throws -> Trail {
    let ledger = try ledger()
    guard let files = try ledger.files(experiment: experiment, at: commit) else {
      throw ProjectError.noSuchRecord(experiment: experiment, known: try ledger.experiments(at: commit))
    }
    let reader = try trailReader(of: experiment, at: commit, in: ledger)
    return try reader.trail(of: Record(experiment: experiment, files: files))
  }

  /// A reader that has taken in an experiment's history.
  ///
  /// - Parameter entries: its commits and those that registered its claims, newest first; looked for if `nil`.
  func trailReader(
    of experiment: String, at commit: CommitID? = nil, entries: [Entry]? = nil, in ledger: Ledger
  ) throws -> TrailReader {
    var reader = TrailReader(
      experiment: experiment, ledger: ledger,
      document: ledger.repository.relativePath(root.appending(path: "experiments/\(experiment).md")) ?? "")
    let entries = try entries ?? ledger.history(experiment: experiment, from: commit, registrations: true)
    for entry in entries.reversed() { try reader.read(entry) }
    return reader
  }
}
