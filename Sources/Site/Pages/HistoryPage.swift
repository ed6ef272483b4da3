import Experiment
import Foundation
import Manuscript
import Statistics

/// The records of one experiment over its commits: what came out, and what moved by more than its intervals.
struct HistoryPage {
  let page: Page
  let place: PagePaths.Place
  let theme: Theme

  /// More headline values than these have a column, but no drawing.
  private static let mostDrawings = 3

  private struct View {
    let root: String
    let kind = "history"
    let title: String
    let name: String
    let pageHref: String
    let summary: String
    let drawings: [Drawing]
    let columns: [Column]
    let records: [RecordRow]
  }

  private struct Drawing {
    let caption: String
    let drawing: String
  }

  private struct Column {
    let path: String
  }

  private struct RecordRow {
    let commit: String
    let fullCommit: String
    let date: String
    let subject: String
    let outcome: String?
    let isNewest: Bool
    let entries: [Entry]
  }

  private struct Entry {
    let value: String
    let interval: String
    let move: String
  }

  /// The page.
  func html() -> String {
    let paths = paths
    let title = page.record.parsedDocument()?.title ?? page.record.experiment
    return theme.render(
      "history",
      View(
        root: place.root, title: "History of “\(title)”", name: page.record.experiment,
        pageHref: place.root + Markup.address(place.page),
        summary: page.history.isEmpty
          ? "Nothing is committed yet." : "\(Words.count(page.history.count, "record")), newest first.",
        drawings: paths.prefix(Self.mostDrawings).compactMap(drawing),
        columns: paths.map(Column.init), records: records(paths)))
  }

  /// The headline values of all records, the newest record's first.
  private var paths: [String] {
    let all = page.record.headline.map(\.path) + page.history.flatMap { $0.headline.map(\.path) }
    return all.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func value(_ past: Page.Past, _ path: String) -> Value? {
    past.headline.first { $0.path == path }?.value
  }

  private func records(_ paths: [String]) -> [RecordRow] {
    page.history.enumerated().map { index, past in
      let before = page.history.indices.contains(index + 1) ? page.history[index + 1] : nil
      return RecordRow(
        commit: Words.short(commit: past.commit), fullCommit: past.commit, date: Words.date(past.date),
        subject: past.subject, outcome: past.verdict?.rawValue, isNewest: index == 0,
        entries: paths.map { path in
          let value = Self.value(past, path)
          return Entry(
            value: value.map(Words.short) ?? "–",
            interval: value.flatMap { Words.interval($0) } ?? "",
            move: Self.move(from: before.flatMap { Self.value($0, path) }, to: value))
        })
    }
  }

  /// `up` or `down` where a value moved and the intervals before and after do not touch; else nothing.
  static func move(from before: Value?, to after: Value?) -> String {
    guard let before = before?.estimate, let after = after?.estimate else { return "" }
    if (after.low ?? after.value) > (before.high ?? before.value) { return "up" }
    if (after.high ?? after.value) < (before.low ?? before.value) { return "down" }
    return ""
  }

  private func drawing(_ path: String) -> Drawing? {
    let points = page.history.reversed().enumerated().compactMap { index, past in
      Self.value(past, path)?.estimate.map { (x: Double(index + 1), y: $0) }
    }
    let newest = page.history.lazy.compactMap { Self.value($0, path) }.first { $0.estimate != nil }
    guard points.count > 1, let newest else { return nil }
    let figure = Figure(
      caption: "\(path) over the records of its history, the newest at the right.",
      content: .lines(
        LineChart(
          xAxis: .init("record"), yAxis: .init(path),
          series: [.init(Words.short(newest), x: points.map(\.x), y: points.map(\.y))])))
    return Drawing(caption: figure.caption, drawing: SVG.inline(figure, isSmall: true))
  }
}
