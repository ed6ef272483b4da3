import Experiment
import Foundation
import Manuscript
import Statistics

/// The page of one experiment, with the data files beside it.
struct ExperimentPage {
  let page: Page
  let place: PagePaths.Place
  let theme: Theme
  private let document: Document?
  private let numbering: Numbering

  init(page: Page, place: PagePaths.Place, theme: Theme) {
    self.page = page
    self.place = place
    self.theme = theme
    document = page.record.parsedDocument()
    numbering = Numbering(page.record)
  }

  private var record: Record { page.record }

  /// The page.
  func html() -> String {
    theme.render("experiment", view())
  }

  // MARK: What the template shows

  private struct View {
    let root: String
    let kind = "experiment"
    let title: String
    let name: String
    let finding: String
    let chips: [VerdictChip]
    let claims: [ClaimLink]
    let facts: [Fact]
    let failures: String?
    let abstract: String?
    let body: String
    let hasControls: Bool
    let controls: [ControlRow]
    let hasPromptSets: Bool
    let promptSets: [PromptSetView]
    let hasWithdrawn: Bool
    let withdrawn: [WithdrawnRow]
    let withdrawnSummary: String
    let provenance: [Fact]
    let command: String
    let historyHref: String
    let historyCount: String
    let sourceHref: String
  }

  private struct ClaimLink {
    let href: String
    let word: String
    let label: String
  }

  /// A name and what it is; `code` is set in mono.
  struct Fact {
    let term: String
    let text: String
    var code: String?
  }

  private struct ControlRow {
    let path: String
    let href: String
    let value: String
    let interval: String
    let count: String
  }

  private func view() -> View {
    let controls = controls()
    let failed = record.cells.count { $0.failure != nil }
    return View(
      root: place.root, title: document?.title ?? record.experiment, name: record.experiment,
      finding: record.finding, chips: record.verdictChips,
      claims: record.claims.map {
        ClaimLink(href: "#\(Numbering.id("claim", $0.label))", word: $0.verdict.rawValue, label: $0.label)
      },
      facts: facts(), failures: failed == 0 ? nil : Words.count(failed, "cell") + " failed",
      abstract: document?.frontMatter.description, body: body(), hasControls: !controls.isEmpty, controls: controls,
      hasPromptSets: !record.promptSets.isEmpty, promptSets: promptSets(), hasWithdrawn: !page.withdrawn.isEmpty,
      withdrawn: page.withdrawn.map(WithdrawnRow.init),
      withdrawnSummary: WithdrawnRow.summary(of: page), provenance: provenance(), command: record.command,
      historyHref: place.root + Markup.address(place.history), historyCount: Words.count(page.history.count, "record"),
      sourceHref: place.root + Markup.address(place.data) + "experiment.md")
  }

  private func facts() -> [Fact] {
    var facts = record.inputs.models.map { Fact(term: "model", text: $0.name) }
    facts += record.inputs.data.map { Fact(term: "data", text: $0.name) }
    if let date = page.date { facts.append(Fact(term: "recorded", text: Words.date(date))) }
    if let commit = page.commit { facts.append(Fact(term: "commit", text: "", code: Words.short(commit: commit))) }
    if let tags = document?.frontMatter.tags, !tags.isEmpty {
      facts.append(Fact(term: "tags", text: tags.joined(separator: ", ")))
    }
    if let author = document?.frontMatter.author { facts.append(Fact(term: "by", text: author)) }
    return facts
  }

  // MARK: The document

  private func body() -> String {
    guard let document else {
      return "<p class=\"missing-part\">This version cannot read the document; its text is below, and its results "
        + "are in the data files.</p>\n<pre class=\"source\" tabindex=\"0\">\(Markup.escaped(record.document))</pre>"
    }
    let cells = CellBlock(page: page, place: place, theme: theme, numbering: numbering)
    let values = ValueLink(page: page)
    let html = document.html(value: values.html, reference: numbering.html, cell: cells.html)
    return withoutTitle(html, document)
  }

  /// The page shows the title itself: the heading that it was taken from would say it twice.
  private func withoutTitle(_ html: String, _ document: Document) -> String {
    guard let heading = document.headings.first, heading.level == 1, heading.text == document.title,
      let start = html.range(of: "<h1 "), let end = html.range(of: "</h1>"), start.lowerBound < end.lowerBound
    else { return html }
    return String(html[..<start.lowerBound] + html[end.upperBound...])
  }

  // MARK: Controls

  /// Parts of a path that name what should show nothing, or what is to be beaten.
  private static let controlNames: Set = [
    "baseline", "baselines", "control", "controls", "null", "random", "shuffled", "permutation",
  ]

  private func controls() -> [ControlRow] {
    record.cells.flatMap { cell in
      Value.group(cell.results.values).leaves().compactMap { path, value -> ControlRow? in
        let names = path.split(whereSeparator: { ".[".contains($0) }).map(String.init)
        guard !Self.controlNames.isDisjoint(with: names), let estimate = value.estimate else { return nil }
        return ControlRow(
          path: "\(cell.label).\(path)", href: "#\(Numbering.id("cell", cell.label))",
          value: Words.short(value), interval: Words.interval(value) ?? "",
          count: estimate.n.map { "\($0)" } ?? "")
      }
    }
  }

  // MARK: Prompts

  private struct PromptSetView {
    let heading: String
    let lengths: String
    let parity: String?
    let notes: [Note]
    let tables: [TableView]
  }

  private struct Note {
    let note: String
  }

  private func promptSets() -> [PromptSetView] {
    record.promptSets.enumerated().map { index, set in
      func number(_ path: String...) -> Double { set.results[path]?.estimate?.value ?? 0 }
      let parity = set.results[["parity", "relative"]]?.estimate.map { worst in
        "On \(Words.count(Int(number("parity", "prompts")), "prompt")) the engine stays within "
          + String(format: "%.1e", worst.value)
          + " of each tensor's largest value from float64; \(String(format: "%.0e", PromptSet.bound)) is the bound."
      }
      return PromptSetView(
        heading: "\(set.model) reads \(set.data)",
        lengths: Words.count(Int(number("tokens", "prompts")), "prompt")
          + " of \(Words.number(number("tokens", "shortest"))) to "
          + "\(Words.count(Int(number("tokens", "longest")), "token")), half of them at most "
          + "\(Words.number(number("tokens", "median"))).",
        parity: parity, notes: set.results.notes.map { Note(note: $0) },
        tables: set.results.tables.map {
          TableView(
            $0, id: Numbering.id("tbl", "prompts-\(index + 1).\($0.name)"),
            number: $0.name == "tokens" ? "Token table" : "Parity certificate")
        })
    }
  }

  // MARK: Provenance

  private func provenance() -> [Fact] {
    let inputs = record.inputs
    var facts = [Fact(term: "document", text: "experiments/\(record.experiment).md", code: inputs.document.hex)]
    facts += inputs.models.map { Fact(term: "model", text: $0.name, code: $0.digest.hex) }
    facts += inputs.data.map { Fact(term: "data", text: $0.name, code: $0.digest.hex) }
    facts.append(Fact(term: "engine", text: inputs.engine))
    facts.append(Fact(term: "linear algebra", text: inputs.linearAlgebra))
    if !inputs.plugins.isEmpty {
      let kinds = inputs.plugins.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      facts.append(Fact(term: "cell kinds", text: kinds.joined(separator: ", ")))
    }
    facts.append(Fact(term: "seed", text: "\(inputs.seed)"))
    if !inputs.overrides.isEmpty {
      let set = inputs.overrides.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      facts.append(Fact(term: "set on the command line", text: set.joined(separator: ", ")))
    }
    if let commit = page.commit { facts.append(Fact(term: "commit", text: "", code: commit)) }
    facts += page.trailers.sorted { $0.key < $1.key }.map {
      let isName = $0.value.count >= 40 && $0.value.allSatisfy(\.isHexDigit)
      return Fact(
        term: $0.key.replacing("-", with: " ").lowercased(), text: isName ? "" : $0.value, code: isName ? $0.value : nil
      )
    }
    return facts
  }

  // MARK: Data

  /// The files beside the page: the document, and every result, figure and table.
  ///
  /// - Throws: `EncodingError` if a result cannot be written as JSON.
  func files() throws -> [String: Data] {
    var files = ["\(place.data)experiment.md": Data(record.document.utf8)]
    if !record.promptSets.isEmpty { files[place.data + "prompts.json"] = try CanonicalJSON.encode(record.promptSets) }
    for cell in record.cells {
      files[place.data + DataFile.results(cell)] = try CanonicalJSON.encode(cell)
      for figure in cell.results.figures {
        files[place.data + DataFile.figure(cell, figure, "csv")] = Data(FigureData.csv(figure).utf8)
        files[place.data + DataFile.figure(cell, figure, "json")] = try CanonicalJSON.encode(figure)
        files[place.data + DataFile.figure(cell, figure, "svg")] = Data(SVG.drawing(figure).utf8)
      }
      for table in cell.results.tables {
        files[place.data + DataFile.table(cell, table)] = Data(table.rectangular.csv.utf8)
      }
    }
    return files
  }
}
