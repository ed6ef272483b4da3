import Foundation

/// The standard normal distribution.
package enum Normal {
  /// The two-sided 95% point.
  package static let z95 = 1.959963984540054

  /// P(Z <= x).
  package static func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

  /// The x with P(Z <= x) = p, by bisection; infinite at 0 and 1.
  package static func quantile(_ p: Double) -> Double {
    guard p > 0 else { return -.infinity }
    guard p < 1 else { return .infinity }
    if p > 0.5 { return -quantile(1 - p) }
    var low = -40.0
    var high = 0.0
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if cumulative(middle) < p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// One normal number from two uniform ones (Box and Muller 1958).
  package static func deviate(_ u: Double, _ v: Double) -> Double {
    (-2 * log(1 - u)).squareRoot() * cos(2 * .pi * v)
  }
}
