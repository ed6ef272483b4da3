import ArgumentParser
import Foundation
import Project

/// `palimpsest model orthogonalise`
struct Orthogonalise: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orthogonalise",
    abstract: "Write a checkpoint whose weights cannot write along a direction.",
    discussion: """
      What the ablation of the direction does while a model runs, done to its weights once: to rounding they agree. The
      direction is taken out of embeddings, attention outputs and feed-forward outputs, which are stored in float32; all
      else keeps its bytes.

      EXAMPLES
        palimpsest model orthogonalise experiments/models/aligned-small \\
          --direction single-direction.refusal.best --out orthogonalised
      """)

  @Argument(help: "A Hugging Face model directory.", completion: .directory)
  var directory: String
  @Option(help: "A recorded direction: EXPERIMENT.CELL.NAME, or EXPERIMENT.CELL where there is but one.")
  var direction: String
  @Option(help: "The directory to write; nothing may be there.", completion: .directory)
  var out: String

  func run() throws {
    let direction = try Project.current().direction(direction)
    try ModelTools.orthogonalise(ModelPlace.of(directory), against: direction, to: URL(filePath: out))
    Terminal.write("wrote \(out), without the direction of \(direction.hook) at \(direction.position)\n")
  }
}
