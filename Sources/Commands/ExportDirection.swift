import ArgumentParser
import Foundation
import Project

extension DirectionFile.Format: ExpressibleByArgument {}

/// `palimpsest export direction`
struct ExportDirection: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "direction", abstract: "Write a recorded direction to a file, with where it came from.",
    discussion: """
      As safetensors: “unit” and “raw” (the unit vector times the length of the raw difference). As GGUF: a control vector of
      llama.cpp, whose scale 1 adds the raw difference.

      EXAMPLES
        palimpsest export direction single-direction.refusal.best
        palimpsest export direction single-direction.refusal.best --format gguf --out refusal.gguf
      """)

  @Argument(help: "EXPERIMENT.CELL.NAME, or EXPERIMENT.CELL where there is but one.")
  var label: String
  @Option(help: "safetensors or gguf.")
  var format = DirectionFile.Format.safetensors
  @Option(help: "The file to write; the label with the format behind it if left out.", completion: .file())
  var out: String?

  func run() throws {
    let file = out ?? "\(label).\(format.rawValue)"
    let direction = try Project.current().export(direction: label, format: format, to: URL(filePath: file))
    Terminal.write("wrote \(file): \(direction.method) at \(direction.hook), \(direction.position)\n")
  }
}
