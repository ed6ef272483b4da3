import ArgumentParser
import Foundation
import Project
import Runner

/// `palimpsest plan`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Say which cells would run and which would be reused, with time and memory.",
    discussion: """
      EXAMPLES
        palimpsest plan
        palimpsest plan --set folds=10
      """)

  @OptionGroup var documents: DocumentOptions

  @Flag(help: "Plan as if nothing were there to reuse.")
  var rerun = false

  func run() throws {
    Self.show(try Project.current().plan(documents.paths, overrides: try documents.overrides(), rerun: rerun))
  }

  static func show(_ plans: [Plan]) {
    for plan in plans {
      print(plan.experiment)
      for step in plan.steps {
        let work = step.work.tokens > 0 ? "  \(step.work.tokens) tokens" : ""
        let fate = step.fate.rawValue.padding(toLength: 20, withPad: " ", startingAt: 0)
        let key = step.key.map { Terminal.faint("  key \($0.short)") } ?? ""
        print("  \(fate)\(step.label) {\(step.kind)}\(work)\(key)")
      }
      let memory = Double(plan.peakBytes) / 0x1p20
      let time = plan.seconds.map { ", about \(Terminal.duration($0))" } ?? ""
      print(
        plan.running == 0
          ? "  nothing to run" : "  \(plan.running) to run\(time), at most \(String(format: "%.0f", memory)) MiB")
    }
  }
}
