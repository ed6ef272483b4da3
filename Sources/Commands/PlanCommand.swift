import ArgumentParser
import Foundation
import Project
import Runner
import Tensor

/// `palimpsest plan`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Say which cells would run and which would be reused, with time and memory.",
    discussion: """
      EXAMPLES
        palimpsest plan
        palimpsest plan claim-a-harmfulness-feature --set folds=10
        palimpsest plan --rerun --memory 8G
      """)

  @OptionGroup var documents: DocumentOptions
  @OptionGroup var limit: MemoryOptions

  @Flag(help: "Plan as if nothing were there to reuse.")
  var rerun = false

  func run() throws {
    Self.show(
      try Project.current().plan(
        documents.paths, overrides: try documents.overrides(), rerun: rerun, memory: limit.memory?.bytes),
      memory: limit.memory)
  }

  static func show(_ plans: [Plan], memory: ByteCount?) {
    for plan in plans {
      Terminal.print(plan.experiment)
      for step in plan.steps {
        let work = step.work.tokens > 0 ? "  \(step.work.tokens) tokens" : ""
        let fate = step.fate.rawValue.padding(toLength: 20, withPad: " ", startingAt: 0)
        let peak = step.fate == .reuse ? "" : "  \(ByteCount(step.memory.peak))"
        let key = step.key.map { Terminal.faint("  key \($0.short)") } ?? ""
        Terminal.print("  \(fate)\(step.label) {\(step.kind)}\(work)\(peak)\(key)")
      }
      let time = plan.seconds.map { ", about \(Terminal.duration($0))" } ?? ""
      guard let most = plan.memory else {
        Terminal.print("  nothing to run")
        continue
      }
      Terminal.print(
        plan.running > 0 ? "  \(plan.running) to run\(time)" : "  nothing to run but the parity certificate")
      Terminal.print("  at most \(ByteCount(most.peak)): \(most.parts)")
      if let memory, most.peak > memory.bytes { Terminal.print("  does not fit \(memory), and a run would be refused") }
    }
  }
}
