import ArgumentParser
import Foundation
import Project

/// `palimpsest init`
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a folder ready for experiments; doing it again changes nothing.",
    discussion: """
      EXAMPLES
        palimpsest init
        palimpsest init my-project
        palimpsest init --merge-driver      plain “git merge” then merges results record by record
      """)

  @Argument(help: "The folder.", completion: .directory)
  var folder = "."

  @Flag(help: "Tell git to merge results with palimpsest, in this clone's own configuration.")
  var mergeDriver = false

  func run() throws {
    let place = URL(filePath: folder, directoryHint: .isDirectory)
    for line in try Project.initialise(at: place) { Terminal.print(line) }
    guard mergeDriver else { return }
    let done = try Project.installMergeDriver(at: place)
    Terminal.print(done.isEmpty ? "git merges results with palimpsest already" : done.joined(separator: "; "))
  }
}
