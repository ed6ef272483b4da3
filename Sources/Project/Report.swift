import Experiment
import Foundation
import Ledger
import Manuscript
import Site
import Tensor

extension Project {
  /// Renders the report from what the ledger holds.
  ///
  /// What has not changed since the last time is left as it is: all of it if the ledger, the theme and the report are as
  /// they were, else the pages of the experiments of which there is nothing new.
  /// - Returns: its first page.
  /// - Throws: `ProjectError.noRecords` if nothing was recorded; an error of the file system.
  @discardableResult
  public func render() throws -> URL {
    let ledger = try ledger()
    let site = Site(theme: root.appending(path: "site"), output: reportFolder)
    guard let head = try ledger.head() else { throw ProjectError.noRecords }
    let maker = "\(Footprint.program.digest) \(Footprint(of: site.themeFiles).digest)"
    let key = Digest(of: "report \(head) \(maker)")
    let cache = Cache(project: root)
    if cache.result(for: key) == Self.look(of: site.files) { return site.index }

    var entries: [String: [Entry]] = [:]
    for entry in try ledger.history(registrations: true) {
      for name in Set(entry.experiments + entry.registered) { entries[name, default: []].append(entry) }
    }
    var pages: [Page] = []
    var kept: [String: [String]] = [:]
    var keys: [String: Digest] = [:]
    for name in try ledger.experiments() {
      guard let entries = entries[name], let newest = entries.first,
        var page = try page(of: name, entries: entries, in: ledger)
      else { continue }
      let history = "\(newest.commit) \(page.history.count)"
      let key = Digest(of: "page \(page.commit ?? "") \(history) \(name.utf8.count) \(name) \(maker)")
      keys[name] = key
      kept[name] = cache.result(for: key).flatMap { try? CanonicalJSON.decode(Made.self, from: $0) }?.paths(
        in: reportFolder)
      if kept[name] == nil {
        let trail = try trailReader(of: name, entries: entries, in: ledger).trail(of: page.record)
        (page.registrations, page.withdrawn, page.everRun) = (trail.registrations, trail.withdrawn, trail.everRun)
        page.asWritten = try asWritten(page, in: ledger)
      }
      pages.append(page)
    }
    guard !pages.isEmpty else { throw ProjectError.noRecords }
    let rendered = try site.render(pages, keeping: kept)
    for (name, paths) in rendered.files where kept[name] == nil {
      guard let key = keys[name] else { continue }
      try cache.setResult(try CanonicalJSON.encode(Made(paths, in: reportFolder)), for: key)
    }
    try cache.setResult(Self.look(of: site.files), for: key)
    return site.index
  }

  /// The files of an experiment's pages, and how they looked when they were made.
  private struct Made: Codable {
    private let files: [String]
    private let looks: Digest

    init(_ files: [String], in folder: URL) {
      (self.files, looks) = (files, Self.look(of: files, in: folder))
    }

    /// Their paths, if they look as they did.
    func paths(in folder: URL) -> [String]? { Self.look(of: files, in: folder) == looks ? files : nil }

    private static func look(of files: [String], in folder: URL) -> Digest {
      Footprint(of: files.map { folder.appending(path: $0) }).digest
    }
  }

  /// How the report that is there looks from outside.
  private static func look(of files: [URL]) -> Data { Data("\(Footprint(of: files).digest)\n".utf8) }

  private func page(of name: String, entries: [Entry], in ledger: Ledger) throws -> Page? {
    let history = entries.filter { $0.experiments.contains(name) }
    guard let files = try ledger.files(experiment: name), let last = history.first else { return nil }
    // Where two lines of history were merged, the record that was taken need not be the one with the latest date.
    let newest = try ledger.maker(of: name) ?? last
    var page = Page(
      record: try Record(experiment: name, files: files), commit: newest.commit.hex, date: newest.date,
      trailers: Dictionary(
        newest.trailers.filter { !["Claim", "Measured"].contains($0.key) }.map { ($0.key, $0.value) }
      ) { first, _ in first
      },
      history: try PastRecords(of: name, ledger: ledger, cache: Cache(project: root)).pages(of: history))
    page.observations = Dictionary(grouping: Measured.all(in: newest.message)) { $0.cell }
      .mapValues { $0.map(\.observation) }
    return page
  }
}

extension Project {
  /// The oldest record since which the prose is what the page shows; `nil` if that is the page's own.
  fileprivate func asWritten(_ page: Page, in ledger: Ledger) throws -> Record? {
    let past = page.history.drop { $0.commit != page.commit }
    guard let prose = past.first?.prose, let first = past.prefix(while: { $0.prose == prose }).last,
      first.commit != page.commit, let commit = CommitID(hex: first.commit),
      let files = try ledger.files(experiment: page.record.experiment, at: commit)
    else { return nil }
    return try Record(experiment: page.record.experiment, files: files)
  }
}

/// What a history shows of past records: read from each record once, and kept.
private struct PastRecords {
  /// One record, as far as a history shows it.
  private struct Summary: Codable {
    let verdict: Verdict?
    let paths: [String]
    let values: [Value]
    let prose: Digest
    /// The commit of the record before, and the inputs that are not that record's.
    let before: String?
    let inputs: [RecordComparison.Change]?
  }

  private let experiment: String
  private let ledger: Ledger
  private let cache: Cache

  init(of experiment: String, ledger: Ledger, cache: Cache) {
    (self.experiment, self.ledger, self.cache) = (experiment, ledger, cache)
  }

  /// The records of a history, newest first.
  func pages(of history: [Entry]) throws -> [Page.Past] {
    // Every record holds to what was read of it, so the summaries of any earlier history serve.
    let known = history.lazy.compactMap { kept(at: $0.commit) }.first ?? [:]
    var summaries: [String: Summary] = [:]
    var isNew = false
    var older: Record?
    for (entry, before) in zip(history, history.dropFirst().map(Optional.some) + [nil]) {
      // Where a line of history was merged in, a record may have another one before it by now.
      if let summary = known[entry.commit.hex], summary.before == before?.commit.hex {
        (summaries[entry.commit.hex], older) = (summary, nil)
        continue
      }
      let record = try older ?? record(at: entry.commit)
      older = try before.flatMap { try self.record(at: $0.commit) }
      summaries[entry.commit.hex] = record.map { Self.summary($0, after: older, at: before?.commit) }
      isNew = true
    }
    if let newest = history.first, isNew || known[newest.commit.hex] == nil {
      try cache.setResult(try CanonicalJSON.encode(summaries), for: key(newest.commit))
    }
    return history.compactMap { entry in
      summaries[entry.commit.hex].map { summary in
        Page.Past(
          commit: entry.commit.hex, date: entry.date, subject: entry.subject, verdict: summary.verdict,
          headline: zip(summary.paths, summary.values).map { (path: $0, value: $1) }, prose: summary.prose,
          inputs: summary.inputs)
      }
    }
  }

  private func key(_ commit: CommitID) -> Digest {
    Digest(of: "past records 2 \(commit) \(experiment.utf8.count) \(experiment) \(Footprint.program.digest)")
  }

  private func kept(at commit: CommitID) -> [String: Summary]? {
    cache.result(for: key(commit)).flatMap { try? CanonicalJSON.decode([String: Summary].self, from: $0) }
  }

  private func record(at commit: CommitID) throws -> Record? {
    try ledger.files(experiment: experiment, at: commit).map { try Record(experiment: experiment, files: $0) }
  }

  private static func summary(_ record: Record, after before: Record?, at commit: CommitID?) -> Summary {
    let headline = record.headline
    return Summary(
      verdict: record.verdict, paths: headline.map(\.path), values: headline.map(\.value), prose: record.prose,
      before: commit?.hex,
      inputs: before.map { RecordComparison(record.experiment, from: $0.inputsAlone, to: record.inputsAlone).inputs })
  }
}

extension Record {
  /// The record without what came of its inputs, which takes long to compare.
  fileprivate var inputsAlone: Record {
    Record(experiment: experiment, document: "", inputs: inputs, cells: [], claims: [])
  }
}
