import Experiment
import Foundation
import Ledger
import Site

extension Project {
  /// Renders the report from what the ledger holds.
  ///
  /// - Returns: its first page.
  /// - Throws: `ProjectError.noRecords` if nothing was recorded; an error of the file system.
  @discardableResult
  public func render() throws -> URL {
    let ledger = try ledger()
    let pages = try ledger.experiments().compactMap { name in try page(of: name, in: ledger) }
    guard !pages.isEmpty else { throw ProjectError.noRecords }
    let site = Site(theme: root.appending(path: "site"), output: reportFolder)
    return try site.render(pages).first ?? reportFolder
  }

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
    return Page(
      record: try Record(experiment: name, files: files), commit: newest.commit.hex, date: newest.date,
      trailers: Dictionary(newest.trailers.map { ($0.key, $0.value) }) { first, _ in first }, history: past)
  }
}
