import Foundation
import Tensor
import Training
import Transformer

/// Small models and batches that tests share.
enum Shapes {
  /// Grouped queries, a head size that is not `width / heads`, odd widths, an embedding of its own.
  static func small(layers: Int = 2, tied: Bool = true, keyValueHeads: Int = 2) throws -> ModelConfiguration {
    try ModelConfiguration(
      vocabularySize: 37, width: 20, layers: layers, heads: 4, keyValueHeads: keyValueHeads, headSize: 6,
      feedForwardWidth: 27, tiedEmbeddings: tied)
  }

  /// Sequences of the given lengths with unlike weights, some of them zero.
  static func batch(_ lengths: [Int], vocabulary: Int = 37, seed: UInt64 = 1) -> TrainingBatch {
    TrainingBatch(
      sequences: lengths.enumerated().map { index, length in
        let stream = RandomStream(seed: seed, purpose: "sequence \(index)")
        return TrainingBatch.Sequence(
          tokens: (0..<length).map { Int(stream.uniform(at: UInt64($0)) * Double(vocabulary)) },
          weights: (0..<length).map { [1, 0.1, 5, 0][$0 % 4] })
      })
  }

  /// A trainer that has left its initial weights, so that no gradient is small by accident.
  static func trainer(
    _ configuration: ModelConfiguration, steps: Int = 3, depth: StochasticDepth? = nil, threads: Int = 2
  ) throws -> Trainer {
    let trainer = try Trainer(
      configuration: configuration,
      hyperparameters: TrainingHyperparameters(
        steps: 20, peakLearningRate: 0.03, warmUpSteps: 2, initialisationDeviation: 0.3, stochasticDepth: depth),
      seed: 5, threads: threads)
    for step in 0..<steps { _ = try trainer.step(batch([9, 4, 40], seed: UInt64(step))) }
    return trainer
  }

  /// A directory of its own, removed when the body returns.
  static func inTemporaryDirectory<R>(_ body: (URL) throws -> R) throws -> R {
    let directory = FileManager.default.temporaryDirectory.appending(path: "training-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory)
  }
}
