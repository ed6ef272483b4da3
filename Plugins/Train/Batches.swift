import Tokenizer
import Training
import World

/// The world's documents as training batches: a function of the step, so that a resumed training sees the same ones.
struct Batches {
  let world: World
  let tokenizer: Tokenizer
  let settings: TrainSettings
  private let weights = Document.Weights()

  init(world: World, tokenizer: Tokenizer, settings: TrainSettings) {
    self.world = world
    self.tokenizer = tokenizer
    self.settings = settings
  }

  /// - Throws: `WorldError` if a document cannot be drawn.
  func batch(at step: Int) throws -> TrainingBatch {
    let phase: World.Phase = Double(step) < settings.foundation * Double(settings.steps) ? .foundation : .full
    let first = step * settings.documentsPerStep
    return TrainingBatch(
      sequences: try (first..<first + settings.documentsPerStep).map {
        sequence(try world.trainingDocument(at: $0, in: phase))
      })
  }

  private func sequence(_ document: Document) -> TrainingBatch.Sequence {
    var tokens: [Int] = []
    var weights: [Float] = []
    for segment in document.segments {
      let ids = tokenizer.encode(segment.text, special: true)
      tokens += ids
      weights += ids.indices.map { Float(self.weights.weight(of: segment.role, at: $0)) }
    }
    return TrainingBatch.Sequence(tokens: tokens, weights: weights)
  }

  /// The mean and the largest number of tokens of a sample of the second phase's documents.
  ///
  /// - Throws: `WorldError` if a document cannot be drawn.
  func lengths(sample: Int = 2_000) throws -> (mean: Double, longest: Int) {
    let lengths = try (0..<sample).map { sequence(try world.trainingDocument(at: $0, in: .full)).tokens.count }
    return (Double(lengths.reduce(0, +)) / Double(sample), lengths.max() ?? 0)
  }
}
