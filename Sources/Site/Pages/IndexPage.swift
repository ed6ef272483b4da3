import Experiment
import Foundation
import Manuscript
import Statistics

/// The list of experiments, with what each found.
struct IndexPage {
  let pages: [Page]
  let paths: PagePaths
  let theme: Theme

  private struct View {
    let root = ""
    let kind = "index"
    let title = "Experiments"
    let summary: String
    let isEmpty: Bool
    let rows: [ExperimentRow]
    let hasFilters: Bool
    let filters: [Filter]
    let sources: [SourceRow]
    let hasSources: Bool
  }

  private struct ExperimentRow {
    let name: String
    let href: String
    let heading: String
    let finding: String
    let chips: [VerdictChip]
    let failures: String?
    let about: String?
    let headline: [Headline]
    let spark: String
    let historyHref: String
    let historyCount: String
    let models: String
    let date: String?
    let tags: [Tag]
    /// The values that the filter compares with, one a line.
    let facets: String
  }

  private struct Headline {
    let path: String
    let value: String
    let interval: String
  }

  private struct Tag {
    let tag: String
  }

  private struct Filter {
    let filter: String
    let choices: [Choice]
  }

  private struct Choice {
    let choice: String
    let facet: String
  }

  private struct SourceRow {
    let role: String
    let source: String
    let digest: String
  }

  /// The page.
  func html() -> String {
    let rows = pages.compactMap(row)
    let models = Set(pages.flatMap { $0.record.inputs.models.map(\.name) }).sorted()
    let tags = Set(rows.flatMap { $0.tags.map(\.tag) }).sorted()
    let filters = [("tag", tags), ("model", models)].filter { $0.1.count > 1 }.map { name, choices in
      Filter(filter: name, choices: choices.map { Choice(choice: $0, facet: "\(name) \($0)") })
    }
    let sources = sources()
    return theme.render(
      "index",
      View(
        summary: summary, isEmpty: rows.isEmpty, rows: rows, hasFilters: !filters.isEmpty, filters: filters,
        sources: sources, hasSources: !sources.isEmpty))
  }

  private var summary: String {
    let claims = pages.flatMap(\.record.claims)
    let counts = Verdict.allCases.compactMap { verdict in
      let count = claims.count { $0.verdict == verdict }
      return count == 0 ? nil : "\(count) \(verdict)"
    }
    let verdicts = counts.isEmpty ? "" : ", \(Words.count(claims.count, "claim")): \(counts.joined(separator: ", "))"
    return Words.count(pages.count, "experiment") + verdicts
  }

  private func row(_ page: Page) -> ExperimentRow? {
    let record = page.record
    guard let place = paths[record.experiment] else { return nil }
    let document = record.parsedDocument()
    let failed = record.cells.count { $0.failure != nil }
    let headline = record.headline
    let models = record.inputs.models.map(\.name)
    let tags = document?.frontMatter.tags ?? []
    let about = document?.frontMatter.description ?? document?.firstParagraph(value: ValueLink(page: page).text)
    return ExperimentRow(
      name: record.experiment, href: Markup.address(place.page), heading: document?.title ?? record.experiment,
      finding: record.finding, chips: record.verdictChips,
      failures: failed == 0 ? nil : Words.count(failed, "cell") + " failed", about: about,
      headline: headline.prefix(1).map { path, value in
        Headline(
          path: path, value: Words.short(value),
          interval: Words.interval(value) ?? "")
      },
      spark: headline.first.map { spark(page, $0.path, newest: $0.value) } ?? "",
      historyHref: Markup.address(place.history), historyCount: Words.count(page.history.count, "record"),
      models: models.joined(separator: ", "), date: page.date.map(Words.date), tags: tags.map { Tag(tag: $0) },
      facets: (tags.map { "tag \($0)" } + models.map { "model \($0)" }).joined(separator: "\n"))
  }

  private func spark(_ page: Page, _ path: String, newest: Value) -> String {
    let past = page.history.reversed().compactMap { past in past.headline.first { $0.path == path }?.value }
    return Sparkline.drawing(past.isEmpty ? [newest] : past, title: "\(path) over \(Words.count(past.count, "record"))")
  }

  /// Every model, data set and cell kind that some result depends on.
  private func sources() -> [SourceRow] {
    let models = Set(pages.flatMap(\.record.inputs.models)).sorted {
      ($0.name, $0.digest.hex) < ($1.name, $1.digest.hex)
    }
    let data = Set(pages.flatMap(\.record.inputs.data)).sorted { ($0.name, $0.digest.hex) < ($1.name, $1.digest.hex) }
    let kinds = Set(pages.flatMap { $0.record.inputs.plugins.map { "\($0.key) version \($0.value)" } }).sorted()
    return models.map { SourceRow(role: "model", source: $0.name, digest: $0.digest.hex) }
      + data.map { SourceRow(role: "data", source: $0.name, digest: $0.digest.hex) }
      + kinds.map { SourceRow(role: "cell kind", source: $0, digest: "") }
  }
}
