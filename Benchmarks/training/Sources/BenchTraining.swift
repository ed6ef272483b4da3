import Foundation
import Tensor
import Training
import Transformer

/// Trains a model of the embedded model's shape on random tokens, and prints the seconds of each step after the warm-up
/// as a JSON list: `bench-training [--threads N] [--steps N] [--warm-up N]`.
@main
enum BenchTraining {
  static let sequences = 32
  static let length = 64

  static func main() throws {
    let threads = option("--threads", or: Threads.count)
    let steps = option("--steps", or: 5)
    let warmUp = option("--warm-up", or: 2)
    let shape = try ModelConfiguration(
      vocabularySize: 1_280, width: 160, layers: 10, heads: 5, feedForwardWidth: 432)
    let trainer = try Trainer(
      configuration: shape, hyperparameters: TrainingHyperparameters(steps: 1_000), seed: 17, threads: threads)
    let batch = batch(vocabulary: shape.vocabularySize)
    let clock = ContinuousClock()
    var seconds: [Double] = []
    for step in 0..<warmUp + steps {
      let time = try clock.measure { _ = try trainer.step(batch) }
      if step >= warmUp { seconds.append(time / .seconds(1)) }
    }
    print(seconds)
  }

  /// As many tokens to predict as the reference has: 32 rows of 64.
  static func batch(vocabulary: Int) -> TrainingBatch {
    let stream = RandomStream(seed: 17, purpose: "benchmark")
    return TrainingBatch(
      sequences: (0..<sequences).map { sequence in
        TrainingBatch.Sequence(
          tokens: (0...length).map { position in
            Int(stream.uniform(at: UInt64(sequence * (length + 1) + position)) * Double(vocabulary))
          })
      })
  }

  static func option(_ name: String, or standard: Int) -> Int {
    let arguments = CommandLine.arguments
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return standard }
    return Int(arguments[place + 1]) ?? standard
  }
}
