import Experiment
import Foundation
import Manuscript

/// What stands in place of a cell: its figures, tables and galleries, its remarks, and its source folded under them.
struct CellBlock {
  let page: Page
  let place: PagePaths.Place
  let theme: Theme
  let numbering: Numbering

  /// The HTML of a cell, or of the claim that it makes.
  func html(_ cell: Manuscript.Cell) -> String {
    let label = cell.label.value
    if let claim = page.record.claims.first(where: { $0.label == label }) {
      return theme.render("claim", ClaimBlock(claim, in: page, source: cell.source))
    }
    return theme.render("cell", view(cell, page.record.cell(label)))
  }

  private struct View {
    let id: String
    let label: String
    let cellKind: String
    let isUnrecorded: Bool
    let failure: String?
    let figures: [FigureView]
    let tables: [TableView]
    let galleries: [GalleryView]
    let observations: ObservationsView?
    let notes: [Note]
    let sourceID: String
    let code: String
    let values: [ValueRow]
    let valueCount: String?
    let resultsHref: String?
    let digest: String?
  }

  private struct Note {
    let note: String
  }

  private struct ValueRow {
    let path: String
    let value: String
    let interval: String
    let count: String
  }

  private func view(_ cell: Manuscript.Cell, _ outcome: Record.Cell?) -> View {
    let results = outcome?.results ?? Results()
    let rows = Value.group(results.values).leaves().map { path, value in
      ValueRow(
        path: path, value: Words.short(value),
        interval: Words.interval(value) ?? "", count: value.estimate?.n.map { "\($0)" } ?? "")
    }
    return View(
      id: Numbering.id("cell", cell.label.value), label: cell.label.value, cellKind: cell.kind,
      isUnrecorded: outcome == nil && !Self.declarations.contains(cell.kind), failure: outcome?.failure,
      figures: outcome.map { figures($0, caption: cell.caption?.value) } ?? [],
      tables: outcome.map { tables($0, caption: cell.caption?.value) } ?? [],
      galleries: results.galleries.map(GalleryView.init),
      observations: ObservationsView(page.observations[cell.label.value] ?? [], of: cell.label.value),
      notes: results.notes.map { Note(note: $0) },
      sourceID: Numbering.id("source", cell.label.value), code: cell.source,
      values: Array(rows.prefix(Self.mostValues)),
      valueCount: rows.isEmpty ? nil : Words.count(rows.count, "value"),
      resultsHref: outcome.map { href(DataFile.results($0)) }, digest: outcome?.key.short)
  }

  /// Kinds that name inputs and have no results of their own.
  private static let declarations: Set = ["data", "model"]
  /// Values beyond these are in the data file only.
  private static let mostValues = 200

  private func href(_ file: String) -> String { place.root + Markup.address(place.data + file) }

  // MARK: Figures

  private struct FigureView {
    let figureID: String
    let isPanel: Bool
    let number: String
    let title: String?
    let caption: String
    let drawing: String
    let dataHref: String
    let specHref: String
    let drawingHref: String
    let cellHref: String
    let historyHref: String
  }

  private func figures(_ cell: Record.Cell, caption: String?) -> [FigureView] {
    let panels = cell.results.figures.filter { $0.isPanel == true }
    return cell.results.figures.enumerated().map { index, figure in
      FigureView(
        figureID: Numbering.id("fig", Record.stem(cell.label, figure.name)), isPanel: figure.isPanel == true,
        number: numbering.name(cell, figure),
        title: index == 0 && caption != figure.caption ? caption : nil, caption: figure.caption,
        drawing: SVG.inline(figure, beside: figure.isPanel == true ? panels : []),
        dataHref: href(DataFile.figure(cell, figure, "csv")),
        specHref: href(DataFile.figure(cell, figure, "json")), drawingHref: href(DataFile.figure(cell, figure, "svg")),
        cellHref: "#\(Numbering.id("source", cell.label))",
        historyHref: place.root + Markup.address(place.history))
    }
  }

  // MARK: Tables

  private func tables(_ cell: Record.Cell, caption: String?) -> [TableView] {
    cell.results.tables.map { table in
      var table = table
      if table.caption.isEmpty, let caption { table.caption = caption }
      return TableView(
        table, id: Numbering.id("tbl", Record.stem(cell.label, table.name)), number: numbering.name(cell, table),
        dataHref: href(DataFile.table(cell, table)))
    }
  }
}
