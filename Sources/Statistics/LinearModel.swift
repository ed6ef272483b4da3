import Foundation

/// What a linear classifier learned: a score for each example, positive for the positive class.
///
/// `score(x) = steepness * direction · x + bias`, in the space of the raw features. The score is a log-odds: its
/// logistic function is the predicted probability, and zero is the threshold.
public struct LinearModel: Codable, Hashable, Sendable {
  /// `[d]`, of length 1, from the negative class towards the positive one.
  public let direction: [Double]
  /// How much the log-odds rise per unit along the direction; not negative.
  public let steepness: Double
  /// The log-odds at the origin.
  public let bias: Double

  /// From the weights of a linear function of raw features. Weights of length zero give a zero direction.
  init(weights: [Double], bias: Double) {
    let length = LinearAlgebra.dot(weights, weights).squareRoot()
    direction = length > 0 ? weights.map { $0 / length } : weights
    steepness = length
    self.bias = bias
  }

  /// Gives a direction the log-odds of two normal distributions of equal variance along it: threshold at the midpoint
  /// of the class means, slope `(m1 - m0) / s²` with the pooled within-class variance `s²` of the training rows.
  ///
  /// - Parameter weights: `[d]`, of any length.
  init(along weights: [Double], of features: RealMatrix, labels: [Bool]) {
    let length = LinearAlgebra.dot(weights, weights).squareRoot()
    let unit = length > 0 ? weights.map { $0 / length } : weights
    let along = features.times(unit)
    var sums = [0.0, 0.0]
    var counts = [0.0, 0.0]
    for (value, label) in zip(along, labels) {
      sums[label ? 1 : 0] += value
      counts[label ? 1 : 0] += 1
    }
    let means = [sums[0] / counts[0], sums[1] / counts[1]]
    var squares = 0.0
    for (value, label) in zip(along, labels) {
      let centred = value - means[label ? 1 : 0]
      squares += centred * centred
    }
    let variance = squares / Double(along.count)
    let gap = means[1] - means[0]
    // Classes that are points: any slope separates them; 1 / gap keeps the score finite and free of units.
    let slope = variance > 1e-24 * gap * gap ? gap / variance : (gap == 0 ? 0 : 1 / gap)
    direction = slope < 0 ? unit.map { -$0 } : unit
    steepness = abs(slope)
    bias = -slope * (means[0] + means[1]) / 2
  }

  /// The log-odds of each row: `[n, d]` to `[n]`.
  public func scores(_ features: RealMatrix) -> [Double] {
    features.times(direction).map { steepness * $0 + bias }
  }

  /// The point along the direction where the score is zero: `direction · x` there.
  public var threshold: Double { steepness > 0 ? -bias / steepness : 0 }

  /// The probability of the positive class for a log-odds, without overflow.
  public static func probability(_ score: Double) -> Double {
    if score >= 0 { return 1 / (1 + exp(-score)) }
    let odds = exp(score)
    return odds / (1 + odds)
  }
}
