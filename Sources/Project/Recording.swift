import Experiment
import Foundation
import Ledger
import Site
import Tensor

extension Project {
  /// Commits a record, with what changed and what the history says of it; nothing if the branch holds just these files.
  func record(_ record: Record, seconds: Double, in ledger: Ledger, signer: Signer?) throws -> Recorded {
    let name = record.experiment
    let files = try record.files(drawing: SVG.drawing)
    let held = try ledger.files(experiment: name)
    let before = held.flatMap { try? Record(experiment: name, files: $0) }
    let folder = [root.appending(path: "experiments")]
    let source = try? ledger.repository.sourceState(untrackedIn: folder)
    // An equal record makes no commit, so nothing more need be found out.
    guard held != files else {
      return try ledger.record(experiment: name, files: files, message: CommitMessage(subject: name))
    }
    var reader = try trailReader(of: name, in: ledger)
    let trail = try reader.trail(adding: record, source: source?.commit, commit: RunMessage.thisCommit)
    let difference = source?.isDirty == true ? try ledger.repository.sourceDifference(untrackedIn: folder) : nil
    let trailers = [
      source?.commit.map { CommitMessage.Trailer("Source-Commit", $0.hex) },
      source.map { CommitMessage.Trailer("Source-Dirty", $0.isDirty ? "yes" : "no") },
      CommitMessage.Trailer("Seconds", String(format: "%.1f", seconds)),
      CommitMessage.Trailer("Host", ProcessInfo.processInfo.hostName),
      CommitMessage.Trailer("Kernel-Path", "\(KernelPath.current)"),
      CommitMessage.Trailer("Threads", "\(Threads.count)"),
    ]
    return try ledger.record(
      experiment: name, files: files, source: difference,
      message: RunMessage(record, after: before, trail: trail).commitMessage(trailers: trailers.compactMap { $0 }),
      signer: signer)
  }
}
