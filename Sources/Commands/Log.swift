import ArgumentParser
import Foundation
import Project

/// `palimpsest log`
struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what was found, newest first: a line for each recorded run.",
    discussion: """
      EXAMPLES
        palimpsest log
        palimpsest log harmfulness-by-layer --limit 5
      """)

  @Argument(help: "An experiment's name; all experiments if left out.")
  var experiment: String?

  @Option(help: "Show at most so many.")
  var limit: Int?

  func run() throws {
    for past in try Project.current().history(of: experiment, limit: limit) {
      let date = past.entry.date.formatted(.iso8601.year().month().day())
      let verdict = past.record.verdict.map(Terminal.verdict) ?? Terminal.faint("no claims   ")
      print("\(past.entry.commit.short)  \(date)  \(verdict)  \(past.entry.subject)")
    }
  }
}
