import Tensor
import Testing
import Training
import Transformer

@Suite("Gradients")
struct GradientTests {
  @Test(
    "Every parameter's gradient is the central difference of the float64 loss.",
    arguments: [(true, 4), (true, 2), (false, 1), (false, 2)])
  func centralDifferences(tied: Bool, keyValueHeads: Int) throws {
    let configuration = try Shapes.small(tied: tied, keyValueHeads: keyValueHeads)
    let trainer = try Shapes.trainer(configuration)
    let batch = Shapes.batch([5, 34, 2, 13], seed: 9)
    let loss = try trainer.gradients(batch)
    try compare(trainer, ReferenceLoss(configuration: configuration, batch: batch), loss.weighted)
  }

  @Test("Blocks that are dropped for some sequences pass their gradient by, and learn from the others only.")
  func stochasticDepth() throws {
    let configuration = try Shapes.small(layers: 3)
    let depth = StochasticDepth(probability: 0.5, layers: 1..<3, steps: 0..<10)
    let trainer = try Shapes.trainer(configuration, depth: depth)
    let batch = Shapes.batch([5, 34, 2, 13], seed: 9)
    let step = trainer.step
    let drops = (0..<3).map { layer in
      (0..<4).map { depth.drops(layer: layer, sequence: $0, step: step, seed: 5) }
    }
    #expect(drops[1] != drops[2] && drops.flatMap { $0 }.contains(true) && drops[1].contains(false))
    let loss = try trainer.gradients(batch)
    try compare(
      trainer, ReferenceLoss(configuration: configuration, batch: batch) { drops[$0][$1] }, loss.weighted)
  }

  @Test("A block that every sequence drops has no gradient at all.")
  func droppedForAll() throws {
    let configuration = try Shapes.small()
    // Chance 0.999: both sequences are dropped in this draw.
    let depth = StochasticDepth(probability: 0.999, layers: 1..<2, steps: 0..<10, scope: .step)
    let trainer = try Shapes.trainer(configuration, steps: 1, depth: depth)
    _ = try trainer.gradients(Shapes.batch([8, 3]))
    for (name, gradient) in trainer.gradientTensors {
      let isZero = gradient.values.allSatisfy { $0 == 0 }
      #expect(isZero == name.hasPrefix("model.layers.1."), "\(name)")
    }
  }

  @Test("The gradient of the first residual stream, collected by token, is the embedding's.")
  func residualGradient() throws {
    let configuration = try Shapes.small(tied: false)
    let trainer = try Shapes.trainer(configuration)
    let batch = Shapes.batch([12, 7])
    let width = configuration.width
    var layers: [Int] = []
    var collected = [Float](repeating: 0, count: configuration.vocabularySize * width)
    _ = try trainer.gradients(batch) { layer, gradient in
      layers.append(layer)
      guard layer == 0 else { return }
      for (row, token) in batch.sequences.flatMap({ $0.tokens.dropLast() }).enumerated() {
        for i in 0..<width { collected[token * width + i] += gradient[row * width + i] }
      }
    }
    #expect(layers == [1, 0])
    let embedding = try #require(trainer.gradientTensors["model.embed_tokens.weight"])
    #expect(embedding.values == collected)
  }

  /// Compares the loss, some single derivatives of every tensor, and one derivative along a direction through all of it.
  private func compare(_ trainer: Trainer, _ loss: ReferenceLoss, _ found: Double) throws {
    var weights = trainer.weights.mapValues { $0.values.map(Double.init) }
    #expect(abs(try loss(weights) - found) < 1e-5)
    for parameter in loss.configuration.parameters {
      let name = parameter.name
      let gradient = try #require(trainer.gradientTensors[name]).values.map(Double.init)
      let original = try #require(weights[name])
      let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let stream = RandomStream(seed: 3, purpose: name)
      var directions = (0..<3).map { index in
        let element = Int(stream.uniform(at: UInt64(index)) * Double(parameter.count))
        return gradient.indices.map { $0 == element ? 1.0 : 0.0 }
      }
      directions.append(gradient.indices.map { stream.bits(at: 10 + UInt64($0)) & 1 == 0 ? 1 : -1 })
      for direction in directions {
        let step = 1e-5
        let expected = try [step, -step].reduce(0.0) { sum, step in
          weights[name] = zip(original, direction).map { $0 + step * $1 }
          return sum + (step > 0 ? 1 : -1) * (try loss(weights))
        }
        let derivative = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(expected / (2 * step) - derivative) <= 2e-4 * norm + 1e-7, "\(name)")
      }
      weights[name] = original
    }
  }
}
