import Experiment

/// A cell that ran, had a result, and was dropped from the document: it stays on the page, with its last result.
struct WithdrawnRow {
  let label: String
  let cellKind: String
  let headline: [Named]
  let commit: String
  let fullCommit: String

  struct Named {
    let path: String
    let value: String
    let interval: String
  }

  init(_ cell: Withdrawn) {
    label = cell.label
    cellKind = cell.kind
    headline = cell.headline.map { path, value in
      Named(path: path, value: Words.short(value), interval: Words.interval(value) ?? "")
    }
    commit = Words.short(commit: cell.commit)
    fullCommit = cell.commit
  }

  /// How many cells were declared, run and reported.
  static func summary(of page: Page) -> String {
    let declared = page.record.cells.count
    let reported = page.record.cells.count { $0.failure == nil }
    let run =
      page.everRun.map { "\(Words.count($0, "cell")) had a result at some time" } ?? "More cells had a result once"
    return "The document declares \(Words.count(declared, "cell")), and \(reported) of them have a result here. "
      + "\(run); those below were dropped from the document afterwards."
  }
}
