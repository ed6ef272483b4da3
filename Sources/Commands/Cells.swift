import ArgumentParser
import Manuscript

/// `palimpsest cells`
struct Cells: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cells",
    abstract: "Print the reference of every kind of cell, or of some, as Markdown.",
    discussion: """
      EXAMPLES
        palimpsest cells | less
        palimpsest cells probe patch
      """)

  @Argument(
    help: "Kinds of cells; every one if left out.",
    completion: .custom { _, _, _ in Palimpsest.registry.names + ["data", "model"] })
  var kinds: [String] = []

  func validate() throws {
    let registry = Palimpsest.registry
    for kind in kinds where registry.documentation(of: kind) == nil {
      let known = registry.names + ["data", "model"]
      let suggestion = nearest(kind, among: known).map { "; did you mean “\($0)”?" } ?? ""
      throw ValidationError("there is no kind “\(kind)”\(suggestion)\n  known: \(known.joined(separator: ", "))")
    }
  }

  func run() throws {
    let registry = Palimpsest.registry
    let texts = kinds.isEmpty ? [registry.documentation] : kinds.compactMap(registry.documentation(of:))
    Terminal.print(texts.joined(separator: "\n"), terminator: "")
  }
}
