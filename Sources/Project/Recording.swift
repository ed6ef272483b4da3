import Experiment
import Foundation
import Ledger
import Site
import Tensor

extension Project {
  /// Commits a record, with what changed and what the history says of it; nothing if the branch holds just these files.
  func record(
    _ record: Record, observations: [String: [Observation]] = [:], seconds: Double, in ledger: Ledger, signer: Signer?
  ) throws -> Recorded {
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
    let measured = try self.measured(record, observations, before: before, in: ledger).map(\.trailer)
    return try ledger.record(
      experiment: name, files: files, source: difference,
      message: RunMessage(record, after: before, trail: trail).commitMessage(
        trailers: trailers.compactMap { $0 } + measured),
      signer: signer)
  }
  /// What was measured of a record's cells: by this run, or, of cells that were reused, by the run that is recorded.
  private func measured(
    _ record: Record, _ fresh: [String: [Observation]], before: Record?, in ledger: Ledger
  ) throws -> [Measured] {
    let measuring = record.cells.filter { registry.measures($0.kind) }
    let isReused = measuring.contains { fresh[$0.label] == nil && before?.cell($0.label)?.key == $0.key }
    let entry = isReused ? try ledger.maker(of: record.experiment) : nil
    let recorded = entry.map { Measured.all(in: $0.message) } ?? []
    return measuring.flatMap { cell in
      fresh[cell.label].map { $0.map { Measured(cell: cell.label, observation: $0) } }
        ?? (before?.cell(cell.label)?.key == cell.key ? recorded.filter { $0.cell == cell.label } : [])
    }
  }
}

/// What was measured of a cell, as a commit's message has it.
struct Measured {
  private static let key = "Measured"

  /// The cell's label.
  let cell: String
  /// What was measured.
  let observation: Observation

  /// Its line in the message.
  var trailer: CommitMessage.Trailer { CommitMessage.Trailer(Self.key, "\(cell): \(observation.line)") }

  /// All that a message has.
  static func all(in message: CommitMessage) -> [Measured] {
    message.trailers.filter { $0.key == key }.compactMap { trailer in
      guard let colon = trailer.value.firstRange(of: ": "),
        let observation = Observation(line: String(trailer.value[colon.upperBound...]))
      else { return nil }
      return Measured(cell: String(trailer.value[..<colon.lowerBound]), observation: observation)
    }
  }
}
