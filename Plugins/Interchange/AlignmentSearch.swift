import Experiment
import Statistics
import Tensor
import Transformer

/// Distributed alignment search (Geiger et al. 2023, arXiv 2303.02536): the span of a given rank whose exchange brings the
/// refusal score closest to that of the state's source, in squares, learnt on pairs that are not tested on.
///
/// The score of an exchange is differentiated with respect to the span's basis, which takes steps and is made orthonormal
/// again after each. Steps are as Adam's, but with one scale for the whole basis: one for each number would move those
/// that matter little as far as those that matter.
struct AlignmentSearch {
  let exchange: Exchange
  let layer: Int
  let rank: Int
  let steps: Int

  private static let rate = 0.2

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
    var first = span.basis.map { $0.map { _ in 0.0 } }
    var second = 0.0
    for step in 1...steps {
      try progress(step - 1, steps)
      var slopes = span.basis.map { $0.map { _ in 0.0 } }
      let now = try exchange.scores(.span(span), layers: [layer])[0]
      // How far each score still is from that of the state's source.
      let left = (
        harmless: zip(now.bothHarmful, now.harmfulHarm).map(-), harmful: zip(now.bothHarmless, now.harmlessHarm).map(-)
      )
      for (ofHarmful, left, rows) in [
        (false, left.harmless, differences.harmless), (true, left.harmful, differences.harmful),
      ] {
        let gradients = try exchange.gradients(ofHarmful: ofHarmful, span, layer: layer)
        for (pair, (gradient, difference)) in zip(gradients, rows).enumerated() {
          for begin in stride(from: 0, to: gradient.count, by: width) {
            add(gradient[begin..<begin + width], difference[begin..<begin + width], left[pair], span, to: &slopes)
          }
        }
      }
      let squares = slopes.joined().reduce(0) { $0 + $1 * $1 }
      second = 0.9 * second + 0.1 * squares
      let scale = (second / (1 - power(0.9, step))).squareRoot() + 1e-12
      // Shorter towards the end, where what is left is small.
      let rate = Self.rate * Double(steps - step + 1) / Double(steps)
      let moved = span.basis.indices.map { vector in
        span.basis[vector].indices.map { i -> Float in
          first[vector][i] = 0.9 * first[vector][i] + 0.1 * slopes[vector][i]
          return Float(span.basis[vector][i] + rate * first[vector][i] / (1 - power(0.9, step)) / scale)
        }
      }
      span = try Subspace(spannedBy: moved)
    }
    return span
  }

  /// Of the score at `x + R R^T d` the slope in R is `(g d^T + d g^T) R`, g being the gradient there.
  private func add(
    _ gradient: ArraySlice<Float>, _ difference: ArraySlice<Float>, _ weight: Double, _ span: Subspace,
    to slopes: inout [[Double]]
  ) {
    for (vector, direction) in span.basis.enumerated() {
      let along = zip(direction, zip(gradient, difference)).reduce((g: 0.0, d: 0.0)) { sum, pair in
        (sum.g + pair.0 * Double(pair.1.0), sum.d + pair.0 * Double(pair.1.1))
      }
      for (i, pair) in zip(gradient, difference).enumerated() {
        slopes[vector][i] += weight * (Double(pair.0) * along.d + Double(pair.1) * along.g)
      }
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
