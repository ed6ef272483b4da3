/// What the optimiser does, apart from the model's shape and the data.
///
/// The defaults are those of the embedded model: AdamW (Loshchilov and Hutter 2019) with a linear warm-up, a cosine
/// decay to a fraction of the peak, the gradient's global norm clipped, and no stochastic depth.
public struct TrainingHyperparameters: Sendable, Hashable, Codable {
  /// The number of optimiser steps that the schedule is laid out for.
  public var steps: Int
  /// The learning rate at the end of the warm-up.
  public var peakLearningRate: Double
  /// The learning rate of the last step, as a fraction of the peak.
  public var finalLearningRateFraction: Double
  /// Steps of linear warm-up from 0.
  public var warmUpSteps: Int
  /// Decay of the first moment.
  public var beta1: Double
  /// Decay of the second moment.
  public var beta2: Double
  /// Added to the root of the second moment.
  public var epsilon: Double
  /// Decoupled weight decay, applied to matrices (embedding and head included) and never to norm weights.
  public var weightDecay: Double
  /// The gradient is scaled down when its global norm exceeds this; zero or less leaves it alone.
  public var clipNorm: Double
  /// Standard deviation of the initial weights; output projections have it divided by `sqrt(2 * layers)`.
  public var initialisationDeviation: Double
  /// Whole blocks dropped for whole sequences, or none.
  public var stochasticDepth: StochasticDepth?

  /// Hyper-parameters; those not given are the embedded model's.
  public init(
    steps: Int,
    peakLearningRate: Double = 2e-3,
    finalLearningRateFraction: Double = 0.05,
    warmUpSteps: Int = 100,
    beta1: Double = 0.9,
    beta2: Double = 0.98,
    epsilon: Double = 1e-8,
    weightDecay: Double = 0.05,
    clipNorm: Double = 1,
    initialisationDeviation: Double = 0.02,
    stochasticDepth: StochasticDepth? = nil
  ) {
    self.steps = steps
    self.peakLearningRate = peakLearningRate
    self.finalLearningRateFraction = finalLearningRateFraction
    self.warmUpSteps = warmUpSteps
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.clipNorm = clipNorm
    self.initialisationDeviation = initialisationDeviation
    self.stochasticDepth = stochasticDepth
  }
}

extension TrainingHyperparameters {
  /// - Throws: ``TrainingError/hyperparameter(name:value:expected:)`` if one makes no sense for a model of so many layers.
  func check(layers: Int) throws {
    func require(_ condition: Bool, _ name: String, _ value: some CustomStringConvertible, _ expected: String) throws {
      if !condition { throw TrainingError.hyperparameter(name: name, value: "\(value)", expected: expected) }
    }
    try require(steps > 0, "steps", steps, "positive")
    try require(warmUpSteps >= 0, "warmUpSteps", warmUpSteps, "zero or more")
    try require(
      peakLearningRate > 0 && peakLearningRate.isFinite, "peakLearningRate", peakLearningRate, "positive and finite")
    try require(
      (0...1).contains(finalLearningRateFraction), "finalLearningRateFraction", finalLearningRateFraction,
      "between 0 and 1")
    try require((0..<1).contains(beta1), "beta1", beta1, "at least 0 and below 1")
    try require((0..<1).contains(beta2), "beta2", beta2, "at least 0 and below 1")
    try require(epsilon > 0 && epsilon.isFinite, "epsilon", epsilon, "positive and finite")
    try require(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", weightDecay, "zero or more")
    try require(clipNorm.isFinite, "clipNorm", clipNorm, "finite; zero turns clipping off")
    try require(
      initialisationDeviation > 0 && initialisationDeviation.isFinite, "initialisationDeviation",
      initialisationDeviation, "positive and finite")
    if let depth = stochasticDepth {
      try require(
        (0..<1).contains(depth.probability), "stochasticDepth.probability", depth.probability,
        "at least 0 and below 1")
      try require(
        depth.layers.lowerBound >= 0 && depth.layers.upperBound <= layers, "stochasticDepth.layers", depth.layers,
        "within the model's layers 0..<\(layers)")
    }
  }
}
