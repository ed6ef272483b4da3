import Experiment
import Statistics
import Tensor
import Transformer

/// Distributed alignment search (Geiger et al. 2023, arXiv 2303.02536): the span of a given rank whose exchange makes
/// refusal follow the state's source the most, learnt on pairs that are not tested on.
///
/// The score of an exchange is differentiated with respect to the span's basis, which takes steps of Adam and is made
/// orthonormal again after each.
struct AlignmentSearch {
  let exchange: Exchange
  let layer: Int
  let rank: Int
  let steps: Int

  private static let rate = 0.05

  /// Learns the span, from the difference of means and random vectors beside it.
  ///
  /// - Parameter progress: told how many steps are done.
  func span(_ stream: RandomStream, progress: (Int, Int) throws -> Void) throws -> Subspace {
    let width = exchange.site.width(in: exchange.subject.model.configuration)
    let differences = (
      harmful: try exchange.differences(ofHarmful: true, layer: layer),
      harmless: try exchange.differences(ofHarmful: false, layer: layer)
    )
    var mean = [Float](repeating: 0, count: width)
    for row in differences.harmless { for (i, value) in row.enumerated() { mean[i % width] += value } }
    var basis = [mean.map(Double.init)]
    for vector in 1..<max(rank, 1) where rank > 1 {
      basis.append(RandomDirection.unit(width, stream: stream.child(vector)))
    }
    var span = try Subspace(spannedBy: basis.map { $0.map(Float.init) })
    var (first, second) = (span.basis.map { $0.map { _ in 0.0 } }, span.basis.map { $0.map { _ in 0.0 } })
    for step in 1...steps {
      try progress(step - 1, steps)
      var slopes = span.basis.map { $0.map { _ in 0.0 } }
      // The harmless prompt's score is to rise with the harmful state, the harmful prompt's to fall with the harmless.
      for (ofHarmful, sign, rows) in [(false, 1.0, differences.harmless), (true, -1.0, differences.harmful)] {
        let gradients = try exchange.gradients(ofHarmful: ofHarmful, span, layer: layer)
        for (gradient, difference) in zip(gradients, rows) {
          for begin in stride(from: 0, to: gradient.count, by: width) {
            add(gradient[begin..<begin + width], difference[begin..<begin + width], sign, span, to: &slopes)
          }
        }
      }
      let (a, b) = (1 - power(0.9, step), 1 - power(0.999, step))
      let moved = span.basis.indices.map { vector in
        span.basis[vector].indices.map { i -> Float in
          first[vector][i] = 0.9 * first[vector][i] + 0.1 * slopes[vector][i]
          second[vector][i] = 0.999 * second[vector][i] + 0.001 * slopes[vector][i] * slopes[vector][i]
          let size = (second[vector][i] / b).squareRoot() + 1e-12
          return Float(span.basis[vector][i] + Self.rate * first[vector][i] / a / size / Double(width).squareRoot())
        }
      }
      span = try Subspace(spannedBy: moved)
    }
    return span
  }

  /// Of the score at `x + R R^T d` the slope in R is `(g d^T + d g^T) R`, g being the gradient there.
  private func add(
    _ gradient: ArraySlice<Float>, _ difference: ArraySlice<Float>, _ sign: Double, _ span: Subspace,
    to slopes: inout [[Double]]
  ) {
    for (vector, direction) in span.basis.enumerated() {
      let along = zip(direction, zip(gradient, difference)).reduce((g: 0.0, d: 0.0)) { sum, pair in
        (sum.g + pair.0 * Double(pair.1.0), sum.d + pair.0 * Double(pair.1.1))
      }
      for (i, pair) in zip(gradient, difference).enumerated() {
        slopes[vector][i] += sign * (Double(pair.0) * along.d + Double(pair.1) * along.g)
      }
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
