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
  /// More headline values than these are folded: a table of many columns does not fit its page.
  private static let mostColumns = 4

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
    let heading: String
  }

  private struct RecordRow {
    let commit: String
    let fullCommit: String
    let date: String
    let subject: String
    let outcome: String?
    let isNewest: Bool
    let entries: [Entry]
    let inputs: String?
    let moreCount: String?
    let more: [Entry]
  }

  private struct Entry {
    let path: String
    let value: String
    let interval: String
    let move: String
    let remark: String?
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
        columns: paths.prefix(Self.mostColumns).map { Column(heading: Markup.breakable($0)) },
        records: records(paths)))
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
      let entries = paths.map { path in
        entry(path, from: before.flatMap { Self.value($0, path) }, to: Self.value(past, path))
      }
      let more = entries.dropFirst(Self.mostColumns).filter { $0.value != Self.absent }
      return RecordRow(
        commit: Words.short(commit: past.commit), fullCommit: past.commit, date: Words.date(past.date),
        subject: past.subject, outcome: past.verdict?.rawValue, isNewest: index == 0,
        entries: Array(entries.prefix(Self.mostColumns)), inputs: past.inputs.map(Self.words),
        moreCount: more.isEmpty ? nil : Self.count(more), more: Array(more))
    }
  }

  private static let absent = "–"

  private func entry(_ path: String, from before: Value?, to after: Value?) -> Entry {
    let isChanged = before != nil && after != nil && Movement(from: before, to: after) == .changed
    return Entry(
      path: path, value: after.map(Words.short) ?? Self.absent, interval: after.flatMap { Words.interval($0) } ?? "",
      move: Self.move(from: before, to: after), remark: isChanged ? ComparisonPage.words(.changed) : nil)
  }

  /// `up` or `down` where the intervals before and after do not touch; else nothing.
  static func move(from before: Value?, to after: Value?) -> String {
    guard let old = before?.estimate, let new = after?.estimate, Movement(from: before, to: after) == .beyond else {
      return ""
    }
    return new.value > old.value ? "up" : "down"
  }

  /// `9 more values, 2 moved beyond the interval`
  private static func count(_ more: some Collection<Entry>) -> String {
    let moved = more.count { !$0.move.isEmpty }
    return Words.count(more.count, "more value") + (moved == 0 ? "" : ", \(moved) moved beyond the interval")
  }

  /// `document, seed 17 → 18, model aligned-small`
  private static func words(_ inputs: [RecordComparison.Change]) -> String {
    inputs.isEmpty ? "none" : inputs.map(words).joined(separator: ", ")
  }

  /// An input that changed; digests and long texts say no more than that they did.
  private static func words(_ change: RecordComparison.Change) -> String {
    let isShort = [change.before, change.after].compactMap(\.self).allSatisfy { $0.count <= longestInput }
    switch (change.before, change.after) {
    case (nil, let after): return change.name + (isShort ? " \(after ?? "")" : "") + " (new)"
    case (_, nil): return "\(change.name) (gone)"
    case (let before?, let after?): return change.name + (isShort ? " \(before) → \(after)" : "")
    }
  }

  /// In characters; a digest has 64.
  private static let longestInput = 24

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
