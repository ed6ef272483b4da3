import ArgumentParser
import Project

/// `palimpsest site`
struct SiteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "site",
    abstract: "Render the report from what git holds, without running anything.",
    discussion: """
      EXAMPLES
        palimpsest site
      """)

  func run() throws {
    Terminal.print("report: \(try Project.current().render().path)")
  }
}
