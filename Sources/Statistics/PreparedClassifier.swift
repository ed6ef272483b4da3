/// A classifier that has seen its training features and not yet any labels; it can be fitted under many.
public struct PreparedClassifier: Sendable {
  /// What it is.
  public let classifier: Classifier
  private let features: RealMatrix
  private let state: State

  private enum State {
    case logistic(LogisticRegression, Standardiser)
    case meanDifference
    case discriminant(Discriminant)
  }

  init(_ classifier: Classifier, _ features: RealMatrix) throws {
    self.classifier = classifier
    self.features = features
    switch classifier {
    case .logistic(let l2, let scaling):
      let standardiser = Standardiser(features, scaling: scaling)
      state = .logistic(try LogisticRegression(standardiser(features), l2: l2), standardiser)
    case .meanDifference:
      state = .meanDifference
    case .discriminant(let shrinkage):
      state = .discriminant(try Discriminant(features, shrinkage: shrinkage))
    }
  }

  /// Learns from the training rows under these labels.
  ///
  /// - Parameter labels: `[n]`.
  /// - Throws: ``StatisticsError`` if lengths differ, a class is empty, or the optimiser does not reach its tolerance.
  public func fit(_ labels: [Bool]) throws -> LinearModel {
    let contrast = try Self.contrast(labels, rows: features.rows)
    switch state {
    case .logistic(let regression, let standardiser):
      let solution = try regression.fit(labels)
      let raw = standardiser.raw(weights: solution.weights, bias: solution.bias)
      return LinearModel(weights: raw.weights, bias: raw.bias)
    case .meanDifference:
      return LinearModel(along: features.weightedRowSum(contrast), of: features, labels: labels)
    case .discriminant(let discriminant):
      return LinearModel(along: discriminant.weights(contrast), of: features, labels: labels)
    }
  }

  /// For classifiers whose weights are linear in the labels' contrast: `[m, n]`, which times a contrast `[n]` gives
  /// the scores of the test rows up to a positive factor and a constant. `nil` for logistic regression.
  func scoreOperator(test: RealMatrix) -> RealMatrix? {
    switch state {
    case .logistic: nil
    case .meanDifference: LinearAlgebra.product(test, transposed: features)
    case .discriminant(let discriminant): discriminant.scoreOperator(test: test)
    }
  }

  /// `[n]`: 1 / n1 for a positive row, -1 / n0 for a negative one; times the features it is the difference of means.
  static func contrast(_ labels: [Bool], rows: Int) throws -> [Double] {
    guard labels.count == rows else {
      throw StatisticsError.lengths(what: "labels", expected: rows, found: labels.count)
    }
    let positive = labels.count { $0 }
    guard positive > 0, positive < rows else {
      throw StatisticsError.oneClass(where: "the training rows", rows: rows, positive: positive > 0)
    }
    return labels.map { $0 ? 1 / Double(positive) : -1 / Double(rows - positive) }
  }
}
