import ArgumentParser
import Foundation
import Project

/// `palimpsest run`
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run documents, record what they find in git, and render the report.",
    discussion: """
      Cells whose inputs have not changed are reused. Documents that say “on_request: true” run when they are named.
      Ctrl-C stops at the next safe point; the next run goes on from there.

      EXAMPLES
        palimpsest run
        palimpsest run experiments/claim-a-harmfulness-feature.md --set folds=10
        palimpsest run --memory 8G
        palimpsest run --dry-run
      """)

  @OptionGroup var documents: DocumentOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var limit: MemoryOptions

  @Flag(help: "Run every cell, though its results are there.")
  var rerun = false

  @Flag(help: "Say what would run, and run nothing.")
  var dryRun = false

  @Flag(help: "Do not render the report afterwards.")
  var noSite = false

  @Flag(help: "Sign the commits, by git's own configuration (gpg or ssh).")
  var sign = false

  func run() throws {
    try engine.apply()
    let project = try Project.current()
    let overrides = try documents.overrides()
    if dryRun {
      PlanCommand.show(
        try project.plan(documents.paths, overrides: overrides, rerun: rerun, memory: limit.memory?.bytes),
        memory: limit.memory)
      return
    }
    let progress = ProgressLine()
    let runs = try project.run(
      documents.paths, overrides: overrides, rerun: rerun, memory: limit.memory?.bytes, sign: sign,
      isCancelled: Interrupt.watch(), onFault: { Terminal.note("\($0)") }, watch: progress.show)
    progress.clear()
    for run in runs { Terminal.summary(of: run) }
    if documents.paths.isEmpty {
      for source in try project.onRequest() {
        Terminal.note("\(source.name) runs on request alone: palimpsest run \(source.path)")
      }
    }
    if let note = runs.lazy.compactMap({ $0.recorded?.identity.note }).first { Terminal.note(note) }
    if !noSite {
      let report = try project.render()
      Terminal.print("report: \(report.path)")
    }
    if runs.contains(where: { $0.outcome?.problems.isEmpty == false }) { throw Status.mistake }
    if runs.contains(where: { $0.outcome?.failures.isEmpty == false }) { throw Status.failed }
  }
}
