/// What classifiers said of rows that they had not seen.
public struct CrossValidation: Sendable {
  /// `[n]`: the log-odds that the model of each row's fold gave it.
  public let scores: [Double]
  /// `[n]`: the truth.
  public let labels: [Bool]
  /// `[n]`: the fold that tested each row.
  public let foldOfRow: [Int]
  /// The model of each fold.
  public let models: [LinearModel]

  /// Which pairs of rows an AUROC compares.
  public enum Pairing: String, Codable, Hashable, Sendable {
    /// Only rows that one model scored. Scores of different models have different offsets; comparing them biases the
    /// area below one half when there is nothing to find.
    case withinFolds
    /// All rows: for folds of a single class (leave one object out), which cannot be ranked within.
    case pooled
  }

  /// Fits the classifier on each fold's training rows and scores its test rows.
  ///
  /// - Throws: ``StatisticsError`` when a training part lacks a class, or a fit fails.
  public init(_ samples: Samples, _ classifier: Classifier, _ folds: Folds) throws {
    try self.init(labels: samples.labels, folds) { fold in
      let model = try classifier.fit(samples.selecting(rows: fold.train))
      return (model, model.scores(samples.features.selecting(rows: fold.test)))
    }
  }

  /// - Parameter evaluate: learns from a fold's training rows; gives the model and the scores of its test rows.
  init(labels: [Bool], _ folds: Folds, evaluate: (Folds.Fold) throws -> (LinearModel, [Double])) throws {
    guard folds.foldOfRow.count == labels.count else {
      throw StatisticsError.lengths(what: "rows of the folds", expected: labels.count, found: folds.foldOfRow.count)
    }
    var scores = [Double](repeating: 0, count: labels.count)
    models = try folds.folds.map { fold in
      let (model, tested) = try evaluate(fold)
      for (row, score) in zip(fold.test, tested) { scores[row] = score }
      return model
    }
    self.scores = scores
    self.labels = labels
    foldOfRow = folds.foldOfRow
  }

  /// The scores in order, for AUROC.
  ///
  /// - Throws: ``StatisticsError/oneClass(where:rows:positive:)`` when no two rows can be compared.
  public func ranking(_ pairing: Pairing = .withinFolds) throws -> Ranking {
    let ranking = try Ranking(scores: scores, labels: labels, strata: pairing == .pooled ? nil : foldOfRow)
    guard ranking.auroc != nil else {
      throw StatisticsError.oneClass(
        where: pairing == .pooled ? "the samples" : "every fold's test rows (compare them pooled)",
        rows: labels.count, positive: labels.first ?? false)
    }
    return ranking
  }

  /// The scores as decisions and probabilities.
  public func predictions() throws -> Predictions { try Predictions(scores: scores, labels: labels) }

  /// AUROC with a percentile interval over these resamples (of rows, or of clusters of rows).
  public func auroc(_ resamples: Resamples, pairing: Pairing = .withinFolds) throws -> Estimate {
    let ranking = try ranking(pairing)
    return try resamples.percentile { ranking.auroc(counts: $0) }
  }

  /// Accuracy with a percentile interval over these resamples.
  public func accuracy(_ resamples: Resamples) throws -> Estimate {
    let predictions = try predictions()
    return try resamples.percentile { predictions.accuracy(counts: $0) }
  }

  /// The cross-validated AUROC under each of many labellings: one cell's part of a max-statistic permutation test.
  ///
  /// For difference of means and discriminant, within folds, one matrix per fold turns labels into scores, so that a
  /// labelling costs one row of a matrix product (1,000 labellings of 1,200 x 160: about 0.4 s). Logistic regression
  /// is fitted anew each time.
  ///
  /// - Parameter labellings: each `[n]`.
  /// - Throws: ``StatisticsError`` when a labelling leaves a training part, or all test parts, with one class.
  public static func aurocs(
    _ features: RealMatrix, labellings: [[Bool]], _ classifier: Classifier, _ folds: Folds,
    pairing: Pairing = .withinFolds
  ) throws -> [Double] {
    if let odd = labellings.first(where: { $0.count != features.rows }) {
      throw StatisticsError.lengths(what: "labels", expected: features.rows, found: odd.count)
    }
    var totals = [Ranking.Pairs](repeating: .init(), count: labellings.count)
    var pooled = [[Double]](
      repeating: pairing == .pooled ? [Double](repeating: 0, count: features.rows) : [], count: labellings.count)
    for fold in folds.folds {
      let prepared = try classifier.prepare(features.selecting(rows: fold.train))
      let test = features.selecting(rows: fold.test)
      let fast = pairing == .withinFolds ? prepared.scoreOperator(test: test) : nil
      for start in stride(from: 0, to: labellings.count, by: 256) {
        let block = start..<min(start + 256, labellings.count)
        // [labellings, test rows]
        let scores: RealMatrix
        if let fast {
          let contrasts = try block.map { labelling in
            try PreparedClassifier.contrast(fold.train.map { labellings[labelling][$0] }, rows: fold.train.count)
          }
          scores = LinearAlgebra.product(try RealMatrix(contrasts), transposed: fast)
        } else {
          scores = try RealMatrix(
            block.map { labelling in
              try prepared.fit(fold.train.map { labellings[labelling][$0] }).scores(test)
            })
        }
        for labelling in block {
          let row = scores.row(labelling - start)
          if pairing == .pooled {
            for (index, score) in zip(fold.test, row) { pooled[labelling][index] = score }
          } else {
            totals[labelling] += Ranking.Pairs(scores: row, labels: fold.test.lazy.map { labellings[labelling][$0] })
          }
        }
      }
    }
    return try labellings.indices.map { labelling in
      if pairing == .pooled {
        totals[labelling] = Ranking.Pairs(scores: pooled[labelling], labels: labellings[labelling])
      }
      guard let area = totals[labelling].area else {
        throw StatisticsError.oneClass(
          where: "every fold's test rows", rows: features.rows, positive: labellings[labelling].first ?? false)
      }
      return area
    }
  }
}
