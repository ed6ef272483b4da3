import Foundation
import Tensor
import Testing
import Training
import Transformer

@Suite("Trainer")
struct TrainerTests {
  @Test("A tiny model learns a small set by heart.")
  func memorises() throws {
    let trainer = try Trainer(
      configuration: Shapes.small(),
      hyperparameters: TrainingHyperparameters(
        steps: 150, peakLearningRate: 0.01, warmUpSteps: 10, weightDecay: 0, initialisationDeviation: 0.1), seed: 1)
    let batch = TrainingBatch(
      sequences: Shapes.batch([12, 9, 17, 5]).sequences.enumerated().map { index, sequence in
        // The first token tells the sequences apart, so that all of each can be known.
        TrainingBatch.Sequence(tokens: [index] + sequence.tokens)
      })
    let reports = try (0..<150).map { _ in try trainer.step(batch) }
    let first = try #require(reports.first)
    let last = try #require(reports.last)
    #expect(abs(first.loss - log(37)) < 0.5)
    #expect(last.loss < 0.02)
    #expect(last.weightedLoss == last.loss || abs(last.weightedLoss - last.loss) < 1e-5)
    #expect(first.tokens == 43 && reports.map(\.step) == Array(0..<150))
  }

  @Test("An exported model gives the trainer's logits, bit for bit; in bfloat16, those of its rounded weights.")
  func export() throws {
    for tied in [true, false] {
      try Shapes.inTemporaryDirectory { directory in
        let trainer = try Shapes.trainer(Shapes.small(tied: tied))
        let tokens = Shapes.batch([41]).sequences[0].tokens
        let expected = try trainer.logits(tokens)

        try trainer.exportModel(to: directory.appending(path: "f32"), type: .f32)
        let model = try Model.load(from: directory.appending(path: "f32"))
        #expect(try model.forward([tokens], logits: .all).logits(sequence: 0).values == expected)
        #expect(try trainer.evaluationModel().forward([tokens], logits: .all).logits(sequence: 0).values == expected)
        #expect(model.configuration == trainer.configuration)

        try trainer.exportModel(to: directory.appending(path: "bf16"), type: .bf16)
        let half = try Model.load(from: directory.appending(path: "bf16"))
        let rounded = trainer.weights.mapValues { tensor in
          Tensor(tensor.shape, HalfPrecision.floats(bfloat16: HalfPrecision.bfloat16(tensor.values)))
        }
        let twin = try Model(configuration: trainer.configuration, weights: rounded)
        #expect(
          try half.forward([tokens], logits: .all).logits(sequence: 0)
            == twin.forward([tokens], logits: .all).logits(sequence: 0))
      }
    }
  }

  @Test("A batch that cannot be learnt from is refused with its sequence and reason, and changes nothing.")
  func badBatches() throws {
    let trainer = try Shapes.trainer(Shapes.small(), steps: 0)
    let before = trainer.weights
    let cases: [(TrainingBatch.Sequence, String)] = [
      (.init(tokens: [1]), "at least 2"),
      (.init(tokens: [1, 2], weights: [1]), "1 weights"),
      (.init(tokens: [1, 37]), "outside the vocabulary of 37"),
      (.init(tokens: [1, -1]), "outside the vocabulary"),
      (.init(tokens: [1, 2], weights: [1, -1]), "weight of token 1"),
      (.init(tokens: [1, 2], weights: [1, .nan]), "weight of token 1"),
      (.init(tokens: Array(repeating: 1, count: 2_049)), "2048 positions"),
    ]
    for (sequence, reason) in cases {
      let error = #expect(throws: TrainingError.self) {
        try trainer.step(TrainingBatch(sequences: [.init(tokens: [1, 2]), sequence]))
      }
      let text = error?.description ?? ""
      #expect(text.contains("Sequence 1") && text.contains(reason), "\(text)")
    }
    #expect(throws: TrainingError.self) { try trainer.step(TrainingBatch(sequences: [])) }
    #expect(throws: TrainingError.self) {
      try trainer.step(TrainingBatch(sequences: [.init(tokens: [1, 2], weights: [1, 0])]))
    }
    #expect(trainer.weights == before && trainer.step == 0)
  }

  @Test("Training that diverges stops before the weights are spoilt.")
  func divergence() throws {
    let trainer = try Trainer(
      configuration: Shapes.small(),
      hyperparameters: TrainingHyperparameters(steps: 50, peakLearningRate: 1e30, warmUpSteps: 0, clipNorm: 0),
      seed: 1)
    let error = #expect(throws: TrainingError.self) {
      for _ in 0..<50 { _ = try trainer.step(Shapes.batch([12])) }
    }
    guard case .diverged(let step, _, let value, _) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(step == trainer.step && !value.isFinite)
    #expect(trainer.weights.values.allSatisfy { $0.values.allSatisfy(\.isFinite) })
  }

  @Test("Hyper-parameters that make no sense are refused by name.")
  func badHyperparameters() throws {
    var bad: [(String, TrainingHyperparameters)] = []
    func add(_ name: String, _ change: (inout TrainingHyperparameters) -> Void) {
      var hyperparameters = TrainingHyperparameters(steps: 10)
      change(&hyperparameters)
      bad.append((name, hyperparameters))
    }
    add("steps") { $0.steps = 0 }
    add("peakLearningRate") { $0.peakLearningRate = -1 }
    add("beta2") { $0.beta2 = 1 }
    add("finalLearningRateFraction") { $0.finalLearningRateFraction = 2 }
    add("stochasticDepth.layers") { $0.stochasticDepth = .init(probability: 0.1, layers: 0..<9, steps: 0..<1) }
    add("stochasticDepth.probability") { $0.stochasticDepth = .init(probability: 1, layers: 0..<1, steps: 0..<1) }
    for (name, hyperparameters) in bad {
      let error = #expect(throws: TrainingError.self) {
        try Trainer(configuration: Shapes.small(), hyperparameters: hyperparameters, seed: 1)
      }
      #expect(error?.description.contains(name) == true)
    }
  }
}
