import Experiment
import Foundation

/// The report: static files that open without a network, made from records alone.
public struct Site: Sendable {
  /// The folder that holds `templates/` and `assets/`; where it lacks a file, the built-in one serves.
  public let theme: URL
  /// Where the report goes.
  public let output: URL

  /// A report with a theme and a place; nothing is read or written yet.
  public init(theme: URL, output: URL) {
    self.theme = theme
    self.output = output
  }

  /// What a report depends on besides its pages: the files of the theme, whether or not they are there.
  public var themeFiles: [URL] { BundledTheme.files.keys.sorted().map { theme.appending(path: $0) } }

  /// The first page of the report.
  public var index: URL { output.appending(path: "index.html") }

  /// The files of the report that was written last.
  public var files: [URL] { ReportFolder(url: output).files }

  /// Writes the report: the index, a page and a history for each experiment, and their data.
  ///
  /// Files that are right already are not touched, and those of experiments that are gone are removed.
  /// - Returns: the pages, the index first.
  /// - Throws: `SiteError` if the theme or a name cannot be used, `FileError` if a file cannot be written.
  public func render(_ pages: [Page]) throws -> [URL] {
    let theme = try Theme(folder: theme)
    let paths = try PagePaths(pages.map(\.record.experiment))
    var files = theme.assets.mapValues { Data($0.utf8) }
    files["index.html"] = Data(IndexPage(pages: pages, paths: paths, theme: theme).html().utf8)
    var written = ["index.html"]
    for page in pages {
      guard let place = paths[page.record.experiment] else { continue }
      let experiment = ExperimentPage(page: page, place: place, theme: theme)
      files[place.page] = Data(experiment.html().utf8)
      files[place.history] = Data(HistoryPage(page: page, place: place, theme: theme).html().utf8)
      files.merge(try experiment.files()) { first, _ in first }
      written += [place.page, place.history]
    }
    try ReportFolder(url: output).write(files)
    return written.map { output.appending(path: $0) }
  }
}
