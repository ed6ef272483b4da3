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
    let mark = paths.contains { rerun($0) != nil } ? " rerun" : ""
    return "<a class=\"value\(mark)\" href=\"#\(target)\" title=\"\(Markup.escaped(details(quoted, paths)))\">"
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
      if let value = value(path, of: page.record) {
        lines.append("\(path) = \(Words.full(value))")
      }
      if let cell = page.record.cell(path.root) { lines.append("cell \(cell.label) {\(cell.kind)} \(cell.key.short)") }
      if let rerun = rerun(path) { lines.append(rerun) }
    }
    if let commit = page.commit { lines.append("commit \(Words.short(commit: commit))") }
    return lines.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: "\n")
  }

  /// A value; for an end of an interval or a count, which have no path of their own, the value that has it.
  private func value(_ path: Path, of record: Record) -> Value? {
    record.value(path) ?? path.parent.flatMap(record.value)
  }

  /// What a value was when the words around it were last edited; `nil` if its cell has not been run again since.
  private func rerun(_ path: Path) -> String? {
    guard let old = page.asWritten, let before = old.cell(path.root), let after = page.record.cell(path.root),
      before.key != after.key, before.failure == nil, after.failure == nil
    else { return nil }
    let words = "run again since the prose was last edited"
    guard let value = value(path, of: old) else { return words }
    let isSame = self.value(path, of: page.record).map(value.isSame) ?? false
    return words + (isSame ? ", with the same value" : "; it was \(value.formatted) then")
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
