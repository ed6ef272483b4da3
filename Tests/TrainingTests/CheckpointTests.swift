import Foundation
import Testing
import Training
import Transformer

@Suite("Checkpoints")
struct CheckpointTests {
  private let hyperparameters = TrainingHyperparameters(
    steps: 8, peakLearningRate: 0.01, warmUpSteps: 2,
    stochasticDepth: StochasticDepth(probability: 0.4, layers: 0..<2, steps: 3..<8))

  private func fresh(seed: UInt64 = 3) throws -> Trainer {
    try Trainer(configuration: Shapes.small(), hyperparameters: hyperparameters, seed: seed)
  }

  @Test("Training that is interrupted and resumed has the bits of training that was not.")
  func resume() throws {
    try Shapes.inTemporaryDirectory { directory in
      let file = directory.appending(path: "checkpoint.safetensors")
      let whole = try fresh()
      let first = try fresh()
      for step in 0..<4 {
        #expect(
          try whole.step(Shapes.batch([9, 5], seed: UInt64(step)))
            == first.step(Shapes.batch([9, 5], seed: UInt64(step))))
      }
      try first.checkpoint(to: file)
      let second = try fresh()
      try second.resume(from: file)
      #expect(second.step == 4)
      for step in 4..<8 {
        let batch = Shapes.batch([6, 11, 3], seed: UInt64(step))
        #expect(try whole.step(batch) == second.step(batch))
      }
      #expect(whole.weights == second.weights)
    }
  }

  @Test("A checkpoint of another training is refused by name, and changes nothing.")
  func mismatch() throws {
    try Shapes.inTemporaryDirectory { directory in
      let file = directory.appending(path: "checkpoint.safetensors")
      try fresh().checkpoint(to: file)
      let other = try fresh(seed: 4)
      let before = other.weights
      let error = #expect(throws: TrainingError.self) { try other.resume(from: file) }
      guard case .checkpoint(_, let key, let expected, let found) = error else {
        Issue.record("unexpected \(String(describing: error))")
        return
      }
      #expect((key, expected, found) == ("seed", "4", "3"))
      #expect(other.weights == before)
    }
  }

  @Test("A checkpoint that was cut off is refused, and a missing one too.")
  func damaged() throws {
    try Shapes.inTemporaryDirectory { directory in
      let file = directory.appending(path: "checkpoint.safetensors")
      let trainer = try fresh()
      #expect(throws: (any Error).self) { try trainer.resume(from: file) }
      try trainer.checkpoint(to: file)
      let bytes = try Data(contentsOf: file)
      try bytes.prefix(bytes.count / 2).write(to: file)
      #expect(throws: (any Error).self) { try trainer.resume(from: file) }
      #expect(trainer.step == 0)
    }
  }
}
