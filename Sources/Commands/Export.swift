import ArgumentParser
import Foundation
import Project

/// `palimpsest export`
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print every value of a commit as one tidy table, or write a direction to a file.",
    subcommands: [ExportValues.self, ExportDirection.self], defaultSubcommand: ExportValues.self)
}

/// `palimpsest export values`, which may be left out
struct ExportValues: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "values", abstract: "Print every value of a commit as one tidy table: a row a value.",
    discussion: """
      The columns are experiment, cell, value, estimate, low, high, n, commit; numbers keep their full precision.

      EXAMPLES
        palimpsest export > values.csv
        palimpsest export results~3 --format json
        palimpsest export --experiment claim-a-harmfulness-feature
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv, json
  }

  @Argument(help: "A revision of results; the newest if left out.", completion: .revisions)
  var commit: String?

  @Option(help: "csv or json.")
  var format = Format.csv

  @Option(help: "Only this experiment.", completion: .experiments)
  var experiment: String?

  func run() throws {
    let rows = try Project.current().export(commit, experiment: experiment)
    switch format {
    case .csv: Terminal.output(Project.csv(rows))
    case .json: Terminal.output(try JSONLine.pretty(rows) + "\n")
    }
  }
}
