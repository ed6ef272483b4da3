import ArgumentParser
import Experiment
import Foundation
import Project

/// `palimpsest diff`
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two commits of results: the inputs that changed, then every value.",
    discussion: """
      A value has moved beyond its interval if the intervals before and after do not touch, and within it if they do;
      one without an interval has changed.
      The exit status is 0 if every record is equal, 1 if one differs.

      EXAMPLES
        palimpsest diff                                  the last commit against the one before
        palimpsest diff results~3..results
        palimpsest diff 2026-11-20.. claim-a-harmfulness-feature
        palimpsest diff v1..v2 --html diff.html          with the figures in pairs
      """)

  @Argument(
    help: "A..B, or A to compare with the newest; the last commit and the one before if left out.",
    completion: .revisions)
  var range: String?

  @Argument(help: "An experiment; all if left out.", completion: .experiments)
  var experiment: String?

  @Option(help: ArgumentHelp("Write a page with the figures in pairs.", valueName: "file"), completion: .file())
  var html: String?

  @Flag(help: "List equal values too.")
  var all = false

  @Flag(help: "Print JSON, a line for each value that differs.")
  var json = false

  func run() throws {
    let project = try Project.current()
    let comparisons = try project.diff(range, experiment: experiment)
    for comparison in comparisons {
      if json { try printJSON(comparison) } else { show(comparison) }
    }
    if let html {
      try project.writeDiff(comparisons, range: range, to: URL(filePath: html))
      Terminal.note("wrote \(html)")
    }
    if !comparisons.isEmpty { throw Status.refuted }
    if !json { Terminal.print("every record is equal") }
  }

  private struct Line: Encodable {
    let experiment: String
    let value: RecordComparison.Moved
  }

  private func printJSON(_ comparison: RecordComparison) throws {
    for value in comparison.values where all || value.movement != .equal {
      Terminal.output(try JSONLine.encode(Line(experiment: comparison.experiment, value: value)) + "\n")
    }
  }

  private func show(_ comparison: RecordComparison) {
    Terminal.print(comparison.experiment)
    section("inputs", comparison.inputs.map { [$0.name, short($0.before), "->", short($0.after)] })
    section("outcomes", comparison.outcomes.map { [$0.name, $0.before ?? "–", "->", $0.after ?? "–"] })
    let shown = comparison.values.filter { all || $0.movement != .equal }
    section(
      "values",
      shown.map { value in
        [
          value.movement.rawValue, value.path, value.before?.formatted ?? "–", "->", value.after?.formatted ?? "–",
        ]
      })
    let equal = comparison.values.count { $0.movement == .equal }
    if !all, equal > 0 { Terminal.print("    \(equal) more equal") }
    section("figures that differ", comparison.figures.map { [$0.name] })
    section("also different", comparison.others.map { [$0.name] })
  }

  private func section(_ title: String, _ rows: [[String]]) {
    guard !rows.isEmpty else { return }
    Terminal.print("  \(title)")
    let plain = rows.map { $0.map { $0.split(whereSeparator: \.isNewline).joined(separator: " / ") } }
    for line in Terminal.columns(plain) { Terminal.print("    \(line)") }
  }

  /// Digests are shown by their first digits.
  private func short(_ text: String?) -> String {
    guard let text else { return "–" }
    return text.count == 64 && text.allSatisfy(\.isHexDigit) ? String(text.prefix(12)) : text
  }
}
