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
      let key = Digest(of: "page \(newest.commit) \(page.history.count) \(name.utf8.count) \(name) \(maker)")
      keys[name] = key
      kept[name] = cache.result(for: key).flatMap { try? CanonicalJSON.decode(Made.self, from: $0) }?.paths(
        in: reportFolder)
      if kept[name] == nil {
        let trail = try trailReader(of: name, entries: entries, in: ledger).trail(of: page.record)
        (page.registrations, page.withdrawn, page.everRun) = (trail.registrations, trail.withdrawn, trail.everRun)
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
    let tree = try ledger.treeName(of: name)
    let newest = try history.first { try ledger.treeName(of: name, at: $0.commit) == tree } ?? last
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

/// What a history shows of past records: read from each record once, and kept.
private struct PastRecords {
  /// One record, as far as a history shows it.
  private struct Summary: Codable {
    let verdict: Verdict?
    let paths: [String]
    let values: [Value]
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
    for entry in history {
      summaries[entry.commit.hex] = try known[entry.commit.hex] ?? summary(at: entry.commit)
    }
    if let newest = history.first, known[newest.commit.hex] == nil || known.count != summaries.count {
      try cache.setResult(try CanonicalJSON.encode(summaries), for: key(newest.commit))
    }
    return history.compactMap { entry in
      summaries[entry.commit.hex].map { summary in
        Page.Past(
          commit: entry.commit.hex, date: entry.date, subject: entry.subject, verdict: summary.verdict,
          headline: zip(summary.paths, summary.values).map { (path: $0, value: $1) })
      }
    }
  }

  private func key(_ commit: CommitID) -> Digest {
    Digest(of: "past records 1 \(commit) \(experiment.utf8.count) \(experiment) \(Footprint.program.digest)")
  }

  private func kept(at commit: CommitID) -> [String: Summary]? {
    cache.result(for: key(commit)).flatMap { try? CanonicalJSON.decode([String: Summary].self, from: $0) }
  }

  private func summary(at commit: CommitID) throws -> Summary? {
    guard let files = try ledger.files(experiment: experiment, at: commit) else { return nil }
    let record = try Record(experiment: experiment, files: files)
    let headline = record.headline
    return Summary(verdict: record.verdict, paths: headline.map(\.path), values: headline.map(\.value))
  }
}
