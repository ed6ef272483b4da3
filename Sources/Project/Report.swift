import Experiment
import Foundation
import Ledger
import Site
import Tensor

extension Project {
  /// Renders the report from what the ledger holds; nothing is done if that, the theme and the report are as they were.
  ///
  /// - Returns: its first page.
  /// - Throws: `ProjectError.noRecords` if nothing was recorded; an error of the file system.
  @discardableResult
  public func render() throws -> URL {
    let ledger = try ledger()
    let site = Site(theme: root.appending(path: "site"), output: reportFolder)
    guard let head = try ledger.head() else { throw ProjectError.noRecords }
    let key = Digest(of: "report \(head) \(Footprint.program.digest) \(Footprint(of: site.themeFiles).digest)")
    let cache = Cache(project: root)
    if cache.result(for: key) == Self.look(of: site.files) { return site.index }
    let pages = try ledger.experiments().compactMap { name in try page(of: name, in: ledger) }
    guard !pages.isEmpty else { throw ProjectError.noRecords }
    _ = try site.render(pages)
    try cache.setResult(Self.look(of: site.files), for: key)
    return site.index
  }

  /// How the report that is there looks from outside.
  private static func look(of files: [URL]) -> Data { Data("\(Footprint(of: files).digest)\n".utf8) }

  private func page(of name: String, in ledger: Ledger) throws -> Page? {
    let history = try ledger.history(experiment: name)
    guard let newest = history.first, let files = try ledger.files(experiment: name) else { return nil }
    let past = try history.compactMap { entry -> Page.Past? in
      guard let files = try ledger.files(experiment: name, at: entry.commit) else { return nil }
      let record = try Record(experiment: name, files: files)
      return Page.Past(
        commit: entry.commit.hex, date: entry.date, subject: entry.subject, verdict: record.verdict,
        headline: record.headline)
    }
    var page = Page(
      record: try Record(experiment: name, files: files), commit: newest.commit.hex, date: newest.date,
      trailers: Dictionary(newest.trailers.filter { $0.key != "Claim" }.map { ($0.key, $0.value) }) { first, _ in first
      },
      history: past)
    let trail = try trail(of: name)
    (page.registrations, page.withdrawn, page.everRun) = (trail.registrations, trail.withdrawn, trail.everRun)
    return page
  }
}
