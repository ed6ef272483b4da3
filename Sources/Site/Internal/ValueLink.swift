import Experiment
import Manuscript

/// A number in prose: a link to the cell that it comes from, which says on pointing all that is known of it.
struct ValueLink {
  let page: Page

  /// The HTML of a quoted value; a visible mark with the reason where there is none.
  func html(_ quoted: InlineValue) -> String {
    let record = page.record
    let written: String
    do {
      let value = try quoted.expression.evaluate(record.resolve)
      written = try quoted.format?.string(for: value) ?? NumberFormat.standard(value)
    } catch {
      return missing(reason(error, for: quoted))
    }
    let paths = quoted.expression.names.map(\.value)
    let target = paths.first.flatMap { record.cell($0.root) }.map { Numbering.id("cell", $0.label) } ?? "provenance"
    return "<a class=\"value\" href=\"#\(target)\" title=\"\(Markup.escaped(details(quoted, paths)))\">"
      + "\(Markup.escaped(written))</a>"
  }

  /// The words of a quoted value, for places without links.
  func text(_ quoted: InlineValue) -> String {
    guard let value = try? quoted.expression.evaluate(page.record.resolve) else { return "(no value)" }
    return (try? quoted.format?.string(for: value)) ?? NumberFormat.standard(value)
  }

  /// Full precision, interval and n of each name, then the commit and the digests.
  private func details(_ quoted: InlineValue, _ paths: [Path]) -> String {
    var lines: [String] = []
    if paths.count != 1 || "\(paths[0])" != quoted.expression.source { lines.append(quoted.expression.source) }
    for path in paths {
      if let value = page.record.value(path) ?? path.parent.flatMap(page.record.value) {
        lines.append("\(path) = \(Words.full(value))")
      }
      if let cell = page.record.cell(path.root) { lines.append("cell \(cell.label) {\(cell.kind)} \(cell.key.short)") }
    }
    if let commit = page.commit { lines.append("commit \(Words.short(commit: commit))") }
    return lines.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: "\n")
  }

  private func reason(_ error: any Error, for quoted: InlineValue) -> String {
    let cells = quoted.expression.names.compactMap { page.record.cell($0.value.root) }
    if let failed = cells.first(where: { $0.failure != nil }), let failure = failed.failure {
      return "cell “\(failed.label)” failed: \(failure)"
    }
    return (error as? Problem)?.message ?? "\(error)"
  }

  private func missing(_ reason: String) -> String {
    "<span class=\"missing\" tabindex=\"0\" title=\"\(Markup.escaped(reason))\">no value</span>"
  }
}
