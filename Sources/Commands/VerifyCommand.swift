import ArgumentParser
import Foundation
import Project

/// `palimpsest verify`
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Run an old record again from its recorded inputs, and say whether it came out equal.",
    discussion: """
      Nothing is reused and nothing recorded. A value is equal, within tolerance (only where the engine or platform is
      another than the one recorded), or different. A record whose inputs are no longer to be had is unverifiable.
      The exit status is 0 if all records came out equal or within tolerance, 1 if one is different, 3 if one cannot be
      verified and none is different.

      EXAMPLES
        palimpsest verify                       the newest commit
        palimpsest verify results~3
        palimpsest verify 2026-11-20 claim-a-harmfulness-feature
        palimpsest verify --all
        palimpsest verify --sample 10
      """)

  @Argument(help: "A revision of results; the newest if left out.", completion: .revisions)
  var commit: String?

  @Argument(help: "An experiment; those that the commit recorded if left out.", completion: .experiments)
  var experiment: String?

  @Flag(help: "Verify every record of the history, each once.")
  var all = false

  @Option(help: ArgumentHelp("Verify so many records, drawn at random.", valueName: "count"))
  var sample: Int?

  @Option(help: "The seed of --sample.")
  var seed: UInt64 = 1

  @Flag(help: "Print JSON, a line for each record.")
  var json = false

  @OptionGroup var engine: EngineOptions
  @OptionGroup var limit: MemoryOptions

  func validate() throws {
    if let sample, sample < 1 { throw ValidationError("“--sample \(sample)”: expected at least 1") }
    guard [commit != nil, all, sample != nil].filter(\.self).count < 2 else {
      throw ValidationError("expected only one of a commit, --all and --sample")
    }
  }

  func run() throws {
    try engine.apply()
    let project = try Project.current()
    let choice: Project.Verified =
      all ? .all : sample.map { .sample($0, seed: seed) } ?? .commit(commit, experiment: experiment)
    let progress = ProgressLine()
    let isCancelled = Interrupt.watch()
    var outcomes: [Verification.Outcome: Int] = [:]
    for recalled in try project.records(choice) {
      let verification = try project.verify(
        recalled, memory: limit.memory?.bytes, isCancelled: isCancelled, watch: progress.showLive)
      progress.clear()
      outcomes[verification.outcome, default: 0] += 1
      if json { Terminal.output(try JSONLine.encode(verification) + "\n") } else { show(verification) }
    }
    if !json, outcomes.values.reduce(0, +) > 1 {
      Terminal.print(
        Verification.Outcome.allCases.compactMap { outcome in outcomes[outcome].map { "\($0) \(outcome.rawValue)" } }
          .joined(separator: ", "))
    }
    if outcomes[.different] != nil { throw Status.refuted }
    if outcomes[.unverifiable] != nil { throw Status.failed }
  }

  private func show(_ verification: Verification) {
    let word = verification.outcome.rawValue.padding(toLength: 16, withPad: " ", startingAt: 0)
    let head = "\(word)  \(verification.commit.prefix(10))  \(verification.experiment)"
    guard verification.outcome != .unverifiable else {
      Terminal.print(head)
      for input in verification.missing {
        Terminal.print("  \(input.kind) \(input.name), digest \(input.digest): found \(input.found)")
      }
      if let reason = verification.reason {
        for line in reason.split(whereSeparator: \.isNewline) { Terminal.print("  \(line)") }
      }
      return
    }
    let counts = [
      ("equal", verification.equal), ("within tolerance", verification.within.count),
      ("different", verification.different.count),
    ].filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
    let tree = verification.isTreeEqual ? "tree byte-equal" : "tree not byte-equal"
    Terminal.print("\(head): \(counts.isEmpty ? "no values" : "values: " + counts.joined(separator: ", ")); \(tree)")
    for change in verification.platform {
      Terminal.print("  another \(change.name): \(change.before ?? "–") recorded, \(change.after ?? "–") here")
    }
    let rows =
      verification.different.map { ["different", $0.path, $0.before?.plain ?? "–", "->", $0.after?.plain ?? "–"] }
      + verification.within.map { ["within", $0.path, $0.before?.plain ?? "–", "->", $0.after?.plain ?? "–"] }
    for line in Terminal.columns(rows) { Terminal.print("  \(line)") }
    for part in verification.otherParts { Terminal.print("  also different: \(part)") }
  }
}
