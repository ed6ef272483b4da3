import ArgumentParser
import Foundation
import Ledger
import Project

/// `palimpsest merge`
struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Bring another branch's results in, record by record; both histories are kept.",
    discussion: """
      Where both sides have a record of their own, made from different inputs, the later one stands at the tip, and the
      other in the history. Where the same inputs gave different results, nothing is merged and the values are named: that
      is a finding. The exit status is then 1.

      EXAMPLES
        palimpsest fetch && palimpsest merge origin/results
        palimpsest merge origin/results --prefer ours
      """)

  @Argument(help: "A branch of results, or any of its commits.", completion: .revisions)
  var other: String

  @Option(help: "Whose results to take where the same inputs gave different ones: ours or theirs.")
  var prefer: MergeSide?

  @Flag(help: "Sign the commit, by git's own configuration (gpg or ssh).")
  var sign = false

  func run() throws {
    let project = try Project.current()
    try project.ledger().requireRecordable()
    let merged = try project.merge(other, prefer: prefer, sign: sign)
    switch merged.outcome {
    case .upToDate: Terminal.print("nothing to merge: every record of \(other) is here")
    case .fastForward: Terminal.print("moved forward to \(merged.commit.short)")
    case .merged:
      Terminal.print("merged as \(merged.commit.short)")
      for name in merged.taken { Terminal.print("  taken: \(name)") }
      for (name, side) in merged.chosen.sorted(by: { $0.key < $1.key }) {
        Terminal.print("  both changed, \(side.rawValue) stands at the tip: \(name)")
      }
    }
  }
}

extension MergeSide: ExpressibleByArgument {}
