import Tensor
import Transformer

/// Trains a model of the Llama family, step by step.
///
/// The weights after a step are a function of the configuration, the hyper-parameters, the seed and the batches so far:
/// the number of threads, the instruction set, and checkpoints taken on the way do not show in a single bit.
///
///     let trainer = try Trainer(configuration: shape, hyperparameters: .init(steps: 3_000), seed: 17)
///     while trainer.step < 3_000 {
///       let report = try trainer.step(batches.next(trainer.step))
///     }
///     try trainer.exportModel(to: directory, type: .f32)
///
/// A trainer is used by one thread at a time, and puts several to work itself.
public final class Trainer {
  /// The model's shape.
  public let configuration: ModelConfiguration
  /// What the optimiser does.
  public let hyperparameters: TrainingHyperparameters
  /// What initial weights and stochastic depth are drawn from.
  public let seed: UInt64
  /// Steps done so far, which is the number of the next one.
  public internal(set) var step = 0

  let model: TrainableModel
  let optimizer: Optimizer
  private let schedule: LearningRateSchedule

  /// A trainer at step 0, with initial weights.
  ///
  /// - Parameters:
  ///   - configuration: the model's shape.
  ///   - hyperparameters: what the optimiser does.
  ///   - seed: of initial weights and stochastic depth.
  ///   - threads: how many threads work; by default those of the process.
  /// - Throws: ``TrainingError/hyperparameter(name:value:expected:)`` if one makes no sense,
  ///   ``TrainingError/architecture(family:)`` if gradients of that architecture are not known.
  public init(
    configuration: ModelConfiguration, hyperparameters: TrainingHyperparameters, seed: UInt64,
    threads: Int = Threads.count
  ) throws {
    try hyperparameters.check(layers: configuration.layers)
    guard configuration.isPlainLlama else {
      throw TrainingError.architecture(family: configuration.family.rawValue)
    }
    self.configuration = configuration
    self.hyperparameters = hyperparameters
    self.seed = seed
    schedule = LearningRateSchedule(hyperparameters)
    model = TrainableModel(configuration, threads: threads)
    optimizer = Optimizer(model.layout, hyperparameters)
    InitialWeights.fill(
      model.weights.base, layout: model.layout, layers: configuration.layers,
      deviation: hyperparameters.initialisationDeviation, seed: seed, loop: model.loop)
    model.pack()
  }

  /// Learns from one batch.
  ///
  /// - Returns: the loss before the update, and what the update was.
  /// - Throws: ``TrainingError/batch(sequence:problem:)`` if the batch cannot be learnt from;
  ///   ``TrainingError/diverged(step:quantity:value:learningRate:)`` if the loss or the gradient is not finite. In both
  ///   cases weights, moments and step are as before.
  public func step(_ batch: TrainingBatch) throws -> StepReport {
    let rate = schedule.rate(at: step)
    let losses = try gradients(batch)
    let norm = optimizer.norm(of: model.gradients, loop: model.loop)
    for (quantity, value) in [("loss", losses.weighted), ("gradient's norm", norm)] where !value.isFinite {
      throw TrainingError.diverged(step: step, quantity: quantity, value: value, learningRate: rate)
    }
    optimizer.update(
      model.weights, gradients: model.gradients, norm: norm, learningRate: rate, step: step, loop: model.loop)
    model.pack()
    defer { step += 1 }
    return StepReport(
      step: step, loss: losses.mean, weightedLoss: losses.weighted, gradientNorm: norm, learningRate: rate,
      tokens: batch.predictions)
  }

  /// Runs a batch forward and back, and leaves the gradient in the model.
  ///
  /// - Parameter observe: called with `d(resid_pre)` of each layer, last layer first.
  package func gradients(
    _ batch: TrainingBatch, observe: (_ layer: Int, _ gradient: UnsafePointer<Float>) -> Void = { _, _ in }
  ) throws -> (mean: Double, weighted: Double) {
    let rows = try BatchRows(batch, configuration: configuration)
    let dropping = hyperparameters.stochasticDepth
    model.forward(rows.tokens, rows.rows) { layer, sequence in
      dropping?.drops(layer: layer, sequence: sequence, step: step, seed: seed) ?? false
    }
    model.backward(rows.tokens, targets: rows.targets, weights: rows.weights, observe: observe)
    // Sums over rows in their order, in float64.
    var sum = 0.0
    var weighted = 0.0
    for row in 0..<rows.tokens.count {
      let loss = Double(model.scratch.losses.base[row])
      sum += loss
      weighted += Double(rows.weights[row]) * loss
    }
    return (sum / Double(rows.tokens.count), weighted)
  }

  /// The logits `[tokens, vocab]` of one sequence with the present weights and every block.
  ///
  /// - Throws: ``TrainingError/batch(sequence:problem:)`` if an id is outside the vocabulary or there is none.
  package func logits(_ tokens: [Int]) throws -> [Float] {
    let rows = try BatchRows(
      TrainingBatch(sequences: [TrainingBatch.Sequence(tokens: tokens + tokens.suffix(1))]),
      configuration: configuration)
    model.forward(rows.tokens, rows.rows) { _, _ in false }
    model.unembed(first: 0, count: tokens.count)
    return Array(model.scratch.logits.all.prefix(tokens.count * configuration.vocabularySize))
  }
}
