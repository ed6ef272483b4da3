/// A way to learn a direction that tells two classes apart, as a value.
///
///     let model = try Classifier.logistic(l2: 1).fit(samples)
///     let scores = model.scores(held.features)
///
/// Cross-validation prepares a classifier once per fold and then fits it under many labels (permutations, control
/// tasks): see ``prepare(_:)``.
public enum Classifier: Hashable, Codable, Sendable {
  /// Logistic regression: least `sum of log(1 + exp(-y f(x))) + l2 / 2 |w|²`, intercept free, on features scaled
  /// first (scikit-learn's `C` is `1 / l2`). Newton's method to a gradient of 1e-10 per row, on weights when there
  /// are at least as many rows as features, else on one dual variable a row.
  case logistic(l2: Double = 1, scaling: Standardiser.Scaling = .standard)
  /// The difference of the class means of the raw features, threshold at their midpoint.
  case meanDifference
  /// Fisher's discriminant (“mass mean” with covariance): inverse covariance times difference of means. The covariance
  /// is shrunk towards a multiple of the identity.
  ///
  /// It is the *total* covariance, which gives the same direction as the within-class one (Sherman-Morrison: they
  /// differ by a multiple of the outer product of the difference with itself), and which does not depend on labels.
  case discriminant(shrinkage: Shrinkage = .ledoitWolf)

  /// How much a covariance S becomes (1 - r) S + r (trace S / d) I.
  public enum Shrinkage: Hashable, Codable, Sendable {
    /// The intensity that least expected squared error asks for (Ledoit and Wolf 2004, “A well-conditioned estimator
    /// for large-dimensional covariance matrices”).
    case ledoitWolf
    /// This intensity, above 0 and at most 1.
    case fixed(Double)
  }

  /// A short name for tables: `logistic`, `mean_difference`, `lda`.
  public var name: String {
    switch self {
    case .logistic: "logistic"
    case .meanDifference: "mean_difference"
    case .discriminant: "lda"
    }
  }

  /// Does what does not depend on labels: scaling, Gram matrix, covariance, its factor.
  ///
  /// - Parameter features: `[n, d]`, the training rows.
  /// - Throws: ``StatisticsError`` for parameters out of range or a singular covariance.
  public func prepare(_ features: RealMatrix) throws -> PreparedClassifier {
    try PreparedClassifier(self, features)
  }

  /// Learns from samples.
  ///
  /// - Throws: ``StatisticsError`` if one class has no row, or the optimiser does not reach its tolerance.
  public func fit(_ samples: Samples) throws -> LinearModel {
    try prepare(samples.features).fit(samples.labels)
  }
}
