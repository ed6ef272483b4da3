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

  /// What was written.
  public struct Rendered: Sendable {
    /// The pages, the index first.
    public let pages: [URL]
    /// The files of each experiment, by their paths below the report's folder.
    public let files: [String: [String]]
  }

  /// Writes the report: the index, a page and a history for each experiment, and their data.
  ///
  /// Files that are right already are not touched, and those of experiments that are gone are removed.
  /// - Parameters:
  ///   - pages: every experiment.
  ///   - kept: files of experiments that are known to be right, by the experiments' names: they are not rendered again.
  /// - Throws: `SiteError` if the theme or a name cannot be used, `FileError` if a file cannot be written.
  @discardableResult
  public func render(_ pages: [Page], keeping kept: [String: [String]] = [:]) throws -> Rendered {
    let theme = try Theme(folder: theme)
    let paths = try PagePaths(pages.map(\.record.experiment))
    var files = theme.assets.mapValues { Data($0.utf8) }
    files["index.html"] = Data(IndexPage(pages: pages, paths: paths, theme: theme).html().utf8)
    var written = ["index.html"]
    var own: [String: [String]] = [:]
    for page in pages {
      let name = page.record.experiment
      guard let place = paths[name] else { continue }
      written += [place.page, place.history]
      if let known = kept[name], known.contains(place.page) {
        own[name] = known
        continue
      }
      let experiment = ExperimentPage(page: page, place: place, theme: theme)
      var made = try experiment.files()
      made[place.page] = Data(experiment.html().utf8)
      made[place.history] = Data(HistoryPage(page: page, place: place, theme: theme).html().utf8)
      own[name] = made.keys.sorted()
      files.merge(made) { first, _ in first }
    }
    try ReportFolder(url: output).write(files, keeping: Set(own.values.joined()))
    return Rendered(pages: written.map { output.appending(path: $0) }, files: own)
  }
}
