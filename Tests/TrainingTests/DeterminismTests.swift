import Tensor
import Testing
import Training
import Transformer

@Suite("Determinism", .serialized)
struct DeterminismTests {
  private let depth = StochasticDepth(probability: 0.3, layers: 1..<2, steps: 1..<9)

  @Test("Any number of threads gives the same weights, bit for bit.")
  func threads() throws {
    let configuration = try Shapes.small()
    let expected = try Shapes.trainer(configuration, depth: depth, threads: 1).weights
    for threads in [2, 3, 7] {
      try expectEqual(Shapes.trainer(configuration, depth: depth, threads: threads).weights, expected)
    }
  }

  @Test("Every instruction set gives the same weights, bit for bit.")
  func instructionSets() throws {
    let configuration = try Shapes.small(tied: false)
    let expected = try Shapes.trainer(configuration, depth: depth).weights
    for path in KernelPath.supported {
      let weights = try path.during { try Shapes.trainer(configuration, depth: depth).weights }
      try expectEqual(weights, expected)
    }
  }

  @Test("Another seed gives other weights.")
  func seeds() throws {
    let configuration = try Shapes.small()
    let hyperparameters = TrainingHyperparameters(steps: 1)
    let a = try Trainer(configuration: configuration, hyperparameters: hyperparameters, seed: 1)
    let b = try Trainer(configuration: configuration, hyperparameters: hyperparameters, seed: 2)
    #expect(a.weights["lm_head.weight"] == nil)
    #expect(a.weights["model.embed_tokens.weight"] != b.weights["model.embed_tokens.weight"])
  }

  @Test("Initial weights have the deviation asked for, smaller where they write to the residual stream.")
  func initialWeights() throws {
    let configuration = try Shapes.small(layers: 8)
    let trainer = try Trainer(
      configuration: configuration, hyperparameters: TrainingHyperparameters(steps: 1), seed: 1)
    for (name, tensor) in trainer.weights {
      let values = tensor.values.map(Double.init)
      let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
      if name.contains("norm") {
        #expect(values.allSatisfy { $0 == 1 }, "\(name)")
      } else {
        let expected = name.contains("o_proj") || name.contains("down_proj") ? 0.02 / 4 : 0.02
        #expect(abs(deviation / expected - 1) < 0.15, "\(name)")
      }
    }
  }

  private func expectEqual(_ found: [String: Tensor], _ expected: [String: Tensor]) throws {
    for (name, tensor) in expected.sorted(by: { $0.key < $1.key }) {
      let difference = try #require(found[name]).firstDifference(from: tensor)
      #expect(difference == nil, "\(name)")
    }
  }
}
