import ArgumentParser
import Foundation
import Project

/// `palimpsest register`
struct Register: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Commit the documents' claims without running anything.",
    discussion: """
      Reports and the log say of each claim whether it was registered before the first result that bears on it, after,
      or changed after. A claim whose document was committed before the run counts as registered without this.

      EXAMPLES
        palimpsest register
        palimpsest register experiments/claim-a-harmfulness-feature.md --sign
      """)

  @Argument(
    help: "Documents, folders of them, or experiments' names; every document if left out.",
    completion: .file(extensions: ["md"]))
  var paths: [String] = []

  @Flag(help: "Sign the commits, by git's own configuration (gpg or ssh).")
  var sign = false

  func run() throws {
    let project = try Project.current()
    try project.ledger().requireRecordable()
    let registered = try project.register(paths, sign: sign)
    for one in registered {
      let claims = "\(one.claims) claim\(one.claims == 1 ? "" : "s")"
      Terminal.print(
        one.recorded.isNew
          ? "\(one.experiment): \(claims) registered in \(one.recorded.commit.short)"
          : "\(one.experiment): \(claims) registered already, as they are worded now")
    }
    if let note = registered.lazy.compactMap(\.recorded.identity.note).first { Terminal.note(note) }
  }
}
