import ArgumentParser
import Foundation
import Project

/// `palimpsest restore`
struct Restore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Write the inputs of an old run into a worktree beside, so that it can be run as it was.",
    discussion: """
      The worktree has the sources of the commit that the record names, what was not committed then, the document to the
      letter, and the models and data whose digests are those recorded. “git worktree remove” takes it away again.
      The exit status is 3 if something is no longer to be had.

      EXAMPLES
        palimpsest restore results~3
        palimpsest restore 2026-11-20 claim-a-harmfulness-feature --to ../as-it-was
      """)

  @Argument(help: "A revision of results; the newest if left out.", completion: .revisions)
  var commit: String?

  @Argument(help: "An experiment; those that the commit recorded if left out.", completion: .experiments)
  var experiment: String?

  @Option(help: ArgumentHelp("Where to.", valueName: "folder"), completion: .directory)
  var to: String?

  func run() throws {
    let restored = try Project.current().restore(
      commit, experiment: experiment, to: to.map { URL(filePath: $0, directoryHint: .isDirectory) })
    Terminal.print("cd \(restored.project.path)")
    for command in restored.commands { Terminal.print(command) }
    for input in restored.missing {
      Terminal.error("\(input.kind) \(input.name), digest \(input.digest), is not to be had: found \(input.found)")
    }
    if !restored.missing.isEmpty { throw Status.failed }
  }
}
