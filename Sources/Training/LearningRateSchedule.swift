/// Linear warm-up, then half a cosine down to a fraction of the peak (Loshchilov and Hutter 2017).
public struct LearningRateSchedule: Sendable, Hashable {
  /// The rate at the end of the warm-up.
  public let peak: Double
  /// The rate of the last step, as a fraction of the peak.
  public let finalFraction: Double
  /// Steps of warm-up.
  public let warmUp: Int
  /// Steps in all.
  public let steps: Int

  /// The schedule that hyper-parameters describe.
  public init(_ hyperparameters: TrainingHyperparameters) {
    peak = hyperparameters.peakLearningRate
    finalFraction = hyperparameters.finalLearningRateFraction
    warmUp = hyperparameters.warmUpSteps
    steps = hyperparameters.steps
  }

  /// The learning rate of a step, counted from 0. Steps beyond the last keep the last one's rate.
  public func rate(at step: Int) -> Double {
    if step < warmUp {
      return peak * Double(step + 1) / Double(warmUp)
    }
    let span = Double(max(1, steps - 1 - warmUp))
    let progress = min(1, Double(step - warmUp) / span)
    let cosine = 0.5 * (1 + PortableMath.cosineOfHalfTurns(progress))
    return peak * (finalFraction + (1 - finalFraction) * cosine)
  }
}
