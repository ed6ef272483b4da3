/// Centres features and, if wanted, scales them; learned from training rows only.
public struct Standardiser: Hashable, Sendable {
  /// What is done to the features before a classifier sees them.
  public enum Scaling: String, Codable, Hashable, Sendable, CaseIterable {
    /// The mean is taken away; lengths stay as they are.
    case centre
    /// Each feature gets mean 0 and standard deviation 1 (divisor n); a constant feature becomes 0.
    case standard
  }

  /// `[d]`: what is taken away.
  public let means: [Double]
  /// `[d]`: what is then divided by; 1 for a constant feature.
  public let deviations: [Double]

  /// Learns from `[n, d]` features.
  public init(_ features: RealMatrix, scaling: Scaling) {
    means = features.columnMeans
    guard scaling == .standard, features.rows > 0 else {
      deviations = [Double](repeating: 1, count: features.columns)
      return
    }
    var squares = [Double](repeating: 0, count: features.columns)
    for row in 0..<features.rows {
      for (column, value) in features.row(row).enumerated() {
        let centred = value - means[column]
        squares[column] += centred * centred
      }
    }
    deviations = zip(squares, means).map { square, mean in
      let deviation = (square / Double(features.rows)).squareRoot()
      // What rounding leaves of a constant feature is not a scale.
      return deviation > 1e-12 * max(1, abs(mean)) ? deviation : 1
    }
  }

  /// `[n, d]` features, centred and scaled.
  public func callAsFunction(_ features: RealMatrix) -> RealMatrix {
    var scaled = features
    let columns = features.columns
    scaled.values.withUnsafeMutableBufferPointer { x in
      for row in 0..<features.rows {
        for column in 0..<columns {
          x[row * columns + column] = (x[row * columns + column] - means[column]) / deviations[column]
        }
      }
    }
    return scaled
  }

  /// The linear function of raw features that equals `weights · standardised + bias`.
  func raw(weights: [Double], bias: Double) -> (weights: [Double], bias: Double) {
    let raw = zip(weights, deviations).map { $0 / $1 }
    return (raw, bias - LinearAlgebra.dot(raw, means))
  }
}
