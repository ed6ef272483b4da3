import ArgumentParser
import Foundation
import Project

/// `palimpsest fetch`
struct Fetch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Fetch a remote's branch of results; yours stays where it is until you merge.",
    discussion: """
      EXAMPLES
        palimpsest fetch
        palimpsest fetch upstream && palimpsest merge upstream/results
      """)

  @Argument(help: "The remote.", completion: .remotes)
  var remote = "origin"

  func run() throws {
    let fetched = try Project.current().ledger().fetch(from: remote)
    Terminal.print(
      "\(fetched.branch): \(fetched.ahead) commits that are not in yours, \(fetched.behind) of yours that it lacks")
    if fetched.ahead > 0 { Terminal.note("to bring them in: palimpsest merge \(fetched.branch)") }
  }
}

/// `palimpsest push`
struct Push: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push",
    abstract: "Send the branch of results to a remote, if that only moves it forward.",
    discussion: """
      EXAMPLES
        palimpsest push
        palimpsest push upstream
      """)

  @Argument(help: "The remote.", completion: .remotes)
  var remote = "origin"

  func run() throws {
    let ledger = try Project.current().ledger()
    switch try ledger.push(to: remote) {
    case nil: Terminal.print("\(remote)/\(ledger.branch): sent")
    case 0?: Terminal.print("\(remote)/\(ledger.branch): nothing to send")
    case let count?: Terminal.print("\(remote)/\(ledger.branch): \(count) commits sent")
    }
  }
}
