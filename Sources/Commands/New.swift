import ArgumentParser
import Project

/// `palimpsest new`
struct New: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write the first version of a document.",
    discussion: """
      EXAMPLES
        palimpsest new where-is-it-readable
      """)

  @Argument(help: "The experiment's name: lower-case letters, digits and hyphens.")
  var name: String

  func run() throws {
    let path = try Project.current().scaffold(name)
    Terminal.print("\(path)\nnext: edit it, then “palimpsest run \(path)”")
  }
}
