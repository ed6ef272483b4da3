import ArgumentParser
import Experiment
import Foundation
import Project

/// `palimpsest show`
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show what a commit recorded: inputs, values, claims, provenance.",
    discussion: """
      EXAMPLES
        palimpsest show
        palimpsest show results~3
        palimpsest show 2026-11-20 claim-a-harmfulness-feature
        palimpsest show --json | jq .claims
      """)

  @Argument(
    help: "A revision of results: a commit, branch, tag, results~3, or a date; the newest if left out.",
    completion: .revisions)
  var commit: String?

  @Argument(help: "An experiment; those that the commit recorded if left out.", completion: .experiments)
  var experiment: String?

  @Flag(help: "Print JSON, a line for each record.")
  var json = false

  @Flag(help: "Print what the work tree held beyond its commit, as a patch.")
  var difference = false

  func run() throws {
    let project = try Project.current()
    for recalled in try project.recall(commit, experiment: experiment) {
      let shown = try project.shown(recalled)
      if difference {
        if let patch = shown.difference { Terminal.output(patch) }
      } else if json {
        Terminal.output(try JSONLine.encode(shown) + "\n")
      } else {
        Self.show(shown, of: recalled)
      }
    }
  }

  private static func show(_ shown: Project.Shown, of recalled: Project.Recalled) {
    let record = recalled.record
    Terminal.print("\(record.experiment)  \(record.verdict.map(Terminal.verdict) ?? "no claims")".trimmed)
    section("recorded", shown.provenance.map { [$0.name, $0.value] })
    section("inputs", shown.inputs.map { [$0.name, $0.value] })
    section(
      "cells", shown.cells.map { [$0.label, "{\($0.kind)}", $0.failure.map { "failed: \($0)" } ?? $0.key.short] })
    section(
      "claims",
      shown.claims.flatMap { claim -> [[String]] in
        [[claim.label, claim.verdict.rawValue, claim.registration?.standing.rawValue ?? "", claim.says]]
          + claim.expectations.map { ["", $0.verdict.rawValue, "", $0.source] }
      })
    section("values", shown.values.map { [$0.path, $0.value.formatted] })
    section(
      "withdrawn",
      shown.withdrawn.map { cell in
        [
          cell.label, "last in \(cell.commit.prefix(10))",
          cell.headline.map { "\($0.path) \($0.value.formatted)" }.joined(separator: " · "),
        ]
      })
  }

  private static func section(_ title: String, _ rows: [[String]]) {
    guard !rows.isEmpty else { return }
    Terminal.print("\n\(title)")
    for line in Terminal.columns(rows) { Terminal.print("  \(line)") }
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
