import ArgumentParser
import Foundation
import Project

/// `palimpsest hooks`
struct Hooks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hooks",
    abstract: "List every hook of a checkpoint, with its shape and short name.",
    discussion: """
      EXAMPLES
        palimpsest hooks experiments/models/aligned-small
        palimpsest hooks DIR | grep attn
      """)

  @Argument(help: ModelCommand.modelHelp, completion: .directory)
  var model: String

  func run() throws {
    let hooks = try ModelTools.hooks(of: ModelPlace.of(model))
    let width = hooks.map(\.name.count).max() ?? 0
    let shapeWidth = hooks.map(\.shape.count).max() ?? 0
    for hook in hooks {
      let name = hook.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      let shape = hook.shape.padding(toLength: shapeWidth + 2, withPad: " ", startingAt: 0)
      Terminal.print("\(name)\(shape)\(hook.short)")
    }
  }
}
