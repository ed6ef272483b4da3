import ArgumentParser
import Foundation
import Project

/// `palimpsest why`
struct Why: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Say which input of a cell changed since its last run, or that none did.",
    discussion: """
      EXAMPLES
        palimpsest why claim-a-harmfulness-feature
        palimpsest why claim-a-harmfulness-feature.harmfulness
        palimpsest why claim-a-harmfulness-feature --set folds=10
      """)

  @Argument(help: "An experiment, or EXPERIMENT.cell.", completion: .experiments)
  var name: String

  @Option(name: .customLong("set"), help: ArgumentHelp("Set a parameter of the document.", valueName: "name=value"))
  var settings: [String] = []

  func validate() throws { _ = try DocumentOptions.overrides(settings) }

  func run() throws {
    for reason in try Project.current().why(name, overrides: try DocumentOptions.overrides(settings)) {
      let fate = reason.isUnchanged ? "nothing changed" : reason.changes.isEmpty ? "runs" : "changed"
      Terminal.print("\(reason.cell): \(fate)")
      if let note = reason.note { Terminal.print("  \(note)") }
      let rows = reason.changes.map { [$0.name, $0.before ?? "–", "->", $0.after ?? "–"] }
      for line in Terminal.columns(rows) { Terminal.print("  \(line)") }
    }
  }
}
