import ArgumentParser
import Foundation
import Ledger
import Project

/// `palimpsest merge-driver`, which git runs.
struct MergeDriver: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge-driver",
    abstract: "Merge one file of a record for git; “palimpsest init --merge-driver” tells git to.",
    discussion: """
      EXAMPLES
        git config merge.palimpsest.driver 'palimpsest merge-driver %O %A %B %P'
      """,
    shouldDisplay: false)

  @Argument(help: "The file where both sides parted.")
  var base: String

  @Argument(help: "Our file, which gets the answer.")
  var ours: String

  @Argument(help: "The other's file.")
  var theirs: String

  @Argument(help: "The file's path in the tree.")
  var path: String

  func run() throws {
    let ledger = Ledger(try Repository.discover(from: URL(filePath: FileManager.default.currentDirectoryPath)))
    let head = try ledger.repository.commit(named: "HEAD")
    // git tells the commits that it merges by the names of variables.
    let merged = ProcessInfo.processInfo.environment.keys.filter { $0.hasPrefix("GITHEAD_") }
      .compactMap { CommitID(hex: String($0.dropFirst("GITHEAD_".count))) }.filter { $0 != head }
    guard merged.count == 1, let other = merged.first else {
      Terminal.note("\(path): not a merge of two branches; merged line by line")
      return try byLine()
    }
    switch try Project.mergeDriver(path: path, ours: head, theirs: other, in: ledger) {
    case .resolved(let data): try data.write(to: URL(filePath: ours))
    case .byLine: try byLine()
    case .conflict(let reason):
      Terminal.error(reason)
      throw Status.refuted
    }
  }

  private func byLine() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "merge-file", "-q", ours, base, theirs]
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw Status.refuted }
  }
}
