import Foundation
import Transformer

/// Greedy decoding of a batch of prompts, with or without a direction taken out of every layer.
struct DecodeWork: Work {
  let prompts: [[Int]]
  let tokens: Int
  let ablate: Bool

  func run(on model: Model) throws -> [Generated] {
    var options = GenerationOptions(maxNewTokens: tokens)
    if ablate {
      let direction = (0..<model.configuration.width).map { Float(sin(Double($0 + 1))) }
      options.interventions = [.directionalAblation(direction)]
    }
    return try model.generate(prompts: prompts, options: options).sequences
  }

  /// The tokens of all sequences, one after the other.
  func digest(_ output: [Generated]) -> [Double] { output.flatMap { $0.tokens.map(Double.init) } }
}
