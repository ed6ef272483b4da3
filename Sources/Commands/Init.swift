import ArgumentParser
import Foundation
import Project

/// `palimpsest init`
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a folder ready for experiments; doing it again changes nothing.",
    discussion: """
      EXAMPLES
        palimpsest init
        palimpsest init my-project
      """)

  @Argument(help: "The folder.", completion: .directory)
  var folder = "."

  func run() throws {
    for line in try Project.initialise(at: URL(filePath: folder, directoryHint: .isDirectory)) { print(line) }
  }
}
