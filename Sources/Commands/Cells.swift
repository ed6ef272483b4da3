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

  func run() throws {
    let registry = Palimpsest.registry
    guard !kinds.isEmpty else { return print(registry.documentation, terminator: "") }
    let texts = try kinds.map { kind in
      let known = registry.names + ["data", "model"]
      guard let text = registry.documentation(of: kind) else {
        let suggestion = nearest(kind, among: known).map { "; did you mean “\($0)”?" } ?? ""
        throw ValidationError("there is no kind “\(kind)”\(suggestion)\n  known: \(known.joined(separator: ", "))")
      }
      return text
    }
    print(texts.joined(separator: "\n"), terminator: "")
  }
}
