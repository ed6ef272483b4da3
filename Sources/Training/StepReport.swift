/// What one optimiser step did.
public struct StepReport: Sendable, Hashable, Codable {
  /// The step's number, counted from 0.
  public let step: Int
  /// Mean cross-entropy per predicted token, in nats, before the update.
  public let loss: Double
  /// Cross-entropy weighted by the batch's weights and divided by their sum: what the gradient is of.
  public let weightedLoss: Double
  /// The gradient's global norm before clipping.
  public let gradientNorm: Double
  /// The learning rate used.
  public let learningRate: Double
  /// Tokens predicted.
  public let tokens: Int
}
