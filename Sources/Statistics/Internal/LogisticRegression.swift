import Foundation

/// Logistic regression with an L2 penalty on the weights and a free intercept, by Newton's method:
/// the least of `L = sum_i [softplus(f_i) - t_i f_i] + l2 / 2 |w|²`, `f = Xw + b`, `t` in {0, 1}.
///
/// Primal (d <= n): iteratively reweighted least squares on `[w, b]`. Dual (d > n): `w = X'a`, so that only the Gram
/// matrix K = XX' is needed; each step solves with `I + V½ K V½ / l2`, whose eigenvalues are at least 1 (Rasmussen and
/// Williams 2006, algorithm 3.1), for `a` under `sum(a) = 0`, which the free intercept asks for. Both halve a step
/// that does not lower L, and stop when the gradient per row is within the tolerance.
///
/// The curvature is factored anew only when the last step shrank the gradient less than fivefold (chord steps cost a
/// tenth of a factorisation), and that at the start, where every probability is one half, is shared by all fits.
package struct LogisticRegression: Sendable {
  /// A minimum: weights `[d]` and intercept.
  package struct Solution {
    package var weights: [Double]
    package var bias: Double
  }

  package static let tolerance = 1e-10
  package static let maximumIterations = 100

  /// `[n, d]`, scaled.
  private let features: RealMatrix
  private let l2: Double
  /// `[n, n]`, in the dual form.
  private let gram: RealMatrix?

  /// The curvature where all logits are zero.
  private let start: Curvature

  /// A factored second derivative.
  private struct Curvature: Sendable {
    /// `[n]`: the roots of p (1 - p).
    let roots: [Double]
    let factor: Cholesky
  }

  /// What a gradient must shrink to in one step for its curvature to serve for the next.
  private static let reuse = 0.2

  /// - Parameter dual: by default, when there are more features than rows.
  package init(_ features: RealMatrix, l2: Double, dual: Bool? = nil) throws {
    guard l2 > 0, l2.isFinite else {
      throw StatisticsError.parameter(name: "l2", allowed: "positive and finite", found: l2)
    }
    self.features = features
    self.l2 = l2
    gram = dual ?? (features.columns > features.rows) ? LinearAlgebra.gram(features) : nil
    start = try Self.curvature(features, gram, l2, [Double](repeating: 0.5, count: features.rows))
  }

  package func fit(_ labels: [Bool]) throws -> Solution {
    let targets = labels.map { $0 ? 1.0 : 0 }
    if let gram { return try fitDual(targets, gram) }
    return try fitPrimal(targets)
  }

  // MARK: Primal

  private func fitPrimal(_ targets: [Double]) throws -> Solution {
    let n = features.rows
    let d = features.columns
    var current = Solution(weights: [Double](repeating: 0, count: d), bias: 0)
    var logits = [Double](repeating: 0, count: n)
    var loss = Self.loss(logits, targets)
    var gradientSize = Double.infinity
    var previous = Double.infinity
    var curvature = start
    for iteration in 0..<Self.maximumIterations {
      let probabilities = logits.map(LinearModel.probability)
      let residuals = zip(probabilities, targets).map { $0 - $1 }
      var gradient = features.weightedRowSum(residuals)
      for column in 0..<d { gradient[column] += l2 * current.weights[column] }
      gradient.append(residuals.reduce(0, +))
      gradientSize = gradient.reduce(0) { max($0, abs($1)) } / Double(n)
      if gradientSize <= Self.tolerance { return current }

      let renewed = gradientSize > Self.reuse * previous
      if renewed { curvature = try Self.curvature(features, nil, l2, probabilities) }
      previous = gradientSize
      let step = curvature.factor.solve(gradient)

      let moved = step.prefix(d).map { -$0 }
      let logitStep = features.times(moved).map { $0 - step[d] }
      guard
        let length = Self.stepLength(
          loss: &loss, logits: &logits, logitStep: logitStep, targets: targets,
          penalty: { length in
            let weights = zip(current.weights, moved).map { $0 + length * $1 }
            return l2 / 2 * LinearAlgebra.dot(weights, weights)
          })
      else {
        if renewed { throw notConverged(iteration, gradientSize) }
        previous = 0  // An old curvature led nowhere: renew it.
        continue
      }
      for column in 0..<d { current.weights[column] += length * moved[column] }
      current.bias -= length * step[d]
    }
    throw notConverged(Self.maximumIterations, gradientSize)
  }

  // MARK: Dual

  private func fitDual(_ targets: [Double], _ gram: RealMatrix) throws -> Solution {
    let n = features.rows
    var dual = [Double](repeating: 0, count: n)
    var smooth = [Double](repeating: 0, count: n)  // K a
    var bias = 0.0
    var logits = [Double](repeating: 0, count: n)
    var loss = Self.loss(logits, targets)
    var gradientSize = Double.infinity
    var previous = Double.infinity
    var curvature = start
    for iteration in 0..<Self.maximumIterations {
      let probabilities = logits.map(LinearModel.probability)
      let residuals = zip(targets, probabilities).map { $0 - $1 }
      // The gradient in the weights is X'r: its length squared is r'Kr.
      let slack = zip(dual, residuals).map { l2 * $0 - $1 }
      let length = max(0, LinearAlgebra.dot(slack, gram.times(slack))).squareRoot()
      gradientSize = max(length, abs(residuals.reduce(0, +))) / Double(n)
      if gradientSize <= Self.tolerance {
        return Solution(weights: features.weightedRowSum(dual), bias: bias)
      }

      let renewed = gradientSize > Self.reuse * previous
      if renewed { curvature = try Self.curvature(features, gram, l2, probabilities) }
      previous = gradientSize
      let roots = curvature.roots
      var right = RealMatrix(2, n)
      for i in 0..<n {
        right[0, i] = roots[i] * logits[i] + residuals[i] / roots[i]
        right[1, i] = roots[i]
      }
      let solved = curvature.factor.solve(right)
      let target = Array(solved.row(0))
      let ones = Array(solved.row(1))
      let newBias = LinearAlgebra.dot(roots, target) / LinearAlgebra.dot(roots, ones)
      let dualStep = (0..<n).map { roots[$0] * (target[$0] - newBias * ones[$0]) / l2 - dual[$0] }
      let smoothStep = gram.times(dualStep)
      let biasStep = newBias - bias
      guard
        let length = Self.stepLength(
          loss: &loss, logits: &logits, logitStep: smoothStep.map { $0 + biasStep }, targets: targets,
          penalty: { length in
            let moved = zip(dual, dualStep).map { $0 + length * $1 }
            return l2 / 2 * LinearAlgebra.dot(moved, zip(smooth, smoothStep).map { $0 + length * $1 })
          })
      else {
        if renewed { throw notConverged(iteration, gradientSize) }
        previous = 0  // An old curvature led nowhere: renew it.
        continue
      }
      for i in 0..<n {
        dual[i] += length * dualStep[i]
        smooth[i] += length * smoothStep[i]
      }
      bias += length * biasStep
    }
    throw notConverged(Self.maximumIterations, gradientSize)
  }

  // MARK: Shared

  private static func curvature(
    _ features: RealMatrix, _ gram: RealMatrix?, _ l2: Double, _ probabilities: [Double]
  ) throws -> Curvature {
    let roots = probabilities.map { max($0 * (1 - $0), 1e-12).squareRoot() }
    let (n, d) = (features.rows, features.columns)
    if var system = gram {
      system.values.withUnsafeMutableBufferPointer { system in
        for i in 0..<n {
          let factor = roots[i] / l2
          for j in 0..<n { system[i * n + j] *= factor * roots[j] }
          system[i * n + i] += 1
        }
      }
      return Curvature(roots: roots, factor: try Cholesky(system, method: "logistic"))
    }
    // [n, d + 1]: rows times the root of their weight, the intercept's column last.
    var weighted = RealMatrix(n, d + 1)
    weighted.values.withUnsafeMutableBufferPointer { weighted in
      features.values.withUnsafeBufferPointer { x in
        for row in 0..<n {
          for column in 0..<d { weighted[row * (d + 1) + column] = roots[row] * x[row * d + column] }
          weighted[row * (d + 1) + d] = roots[row]
        }
      }
    }
    var hessian = LinearAlgebra.secondMoment(weighted)
    for column in 0..<d { hessian[column, column] += l2 }
    return Curvature(roots: roots, factor: try Cholesky(hessian, method: "logistic"))
  }

  /// The first of 1, 1/2, 1/4 ... that does not raise the objective (beyond rounding); moves the logits along.
  private static func stepLength(
    loss: inout Double, logits: inout [Double], logitStep: [Double], targets: [Double], penalty: (Double) -> Double
  ) -> Double? {
    var length = 1.0
    while length > 1e-9 {
      let moved = zip(logits, logitStep).map { $0 + length * $1 }
      let value = Self.loss(moved, targets) + penalty(length)
      if value <= loss + 1e-13 * abs(loss) {
        loss = value
        logits = moved
        return length
      }
      length /= 2
    }
    return nil
  }

  /// The sum over rows of `softplus(f) - t f`, without overflow.
  private static func loss(_ logits: [Double], _ targets: [Double]) -> Double {
    zip(logits, targets).reduce(0) { sum, row in
      let (f, t) = row
      return sum + max(f, 0) + log1p(exp(-abs(f))) - t * f
    }
  }

  private func notConverged(_ iterations: Int, _ gradient: Double) -> StatisticsError {
    .notConverged(
      method: "logistic regression", iterations: iterations, gradient: gradient, tolerance: Self.tolerance)
  }
}
