import Foundation
import Statistics
import Tensor
import Testing

@Suite("Classifier")
struct ClassifierTests {
  private let half = 0.5.squareRoot()

  static let all: [Classifier] = [
    .logistic(), .logistic(l2: 10, scaling: .centre), .meanDifference, .discriminant(),
    .discriminant(shrinkage: .fixed(0.2)),
  ]

  @Test("Every classifier finds a planted direction, with fewer and with more features than rows.", arguments: all)
  func planted(_ classifier: Classifier) throws {
    for (rows, width, least) in [(600, 12, 0.97), (150, 400, 0.6)] {
      let plant = try Plant(rows: rows, width: width, shift: 4)
      let model = try classifier.fit(plant.samples)
      #expect(dot(model.direction, plant.direction) > least, "\(classifier.name) \(rows) x \(width)")
      #expect(abs(dot(model.direction, model.direction) - 1) < 1e-12)
      #expect(model.steepness > 0)
      // New rows from the same plant; Bayes error is 2.3%.
      let fresh = try Plant(rows: 400, width: width, shift: 4, draw: "fresh")
      let predictions = try Predictions(scores: model.scores(fresh.samples.features), labels: fresh.samples.labels)
      #expect(try #require(predictions.accuracy()) > (rows > width ? 0.95 : 0.8))
    }
  }

  @Test("The logistic fit has no gradient left, in either form.", arguments: [(80, 6), (40, 90)])
  func gradient(rows: Int, width: Int) throws {
    let samples = try Plant(rows: rows, width: width, shift: 1.5).samples
    let model = try Classifier.logistic(l2: 0.7, scaling: .centre).fit(samples)
    let weights = model.direction.map { $0 * model.steepness }
    var gradient = weights.map { 0.7 * $0 }
    var offset = 0.0
    for row in 0..<rows {
      let x = Array(samples.features.row(row))
      let residual = 1 / (1 + exp(-(dot(weights, x) + model.bias))) - (samples.labels[row] ? 1 : 0)
      offset += residual
      for column in 0..<width { gradient[column] += residual * x[column] }
    }
    #expect(gap(gradient, [Double](repeating: 0, count: width)) < 1e-8)
    #expect(abs(offset) < 1e-8)
  }

  @Test("The logistic fit of one binary feature is the log odds ratio as the penalty vanishes.")
  func closedForm() throws {
    // 30 of 40 positive where the feature is 1, 12 of 60 where it is 0.
    let rows = (0..<100).map { [$0 < 40 ? 1.0 : 0] }
    let labels = (0..<100).map { $0 < 30 || (40..<52).contains($0) }
    let samples = try Samples(features: RealMatrix(rows), labels: labels)
    let model = try Classifier.logistic(l2: 1e-9, scaling: .centre).fit(samples)
    #expect(abs(model.steepness * model.direction[0] - log((30.0 / 10) / (12.0 / 48))) < 1e-7)
    #expect(abs(model.bias - log(12.0 / 48)) < 1e-7)
  }

  @Test("Dual and primal logistic regression are the same function.", arguments: [(60, 20), (50, 70), (90, 90)])
  func dual(rows: Int, width: Int) throws {
    let samples = try Plant(rows: rows, width: width, shift: 1).samples
    let primal = try LogisticRegression(samples.features, l2: 1, dual: false).fit(samples.labels)
    let dual = try LogisticRegression(samples.features, l2: 1, dual: true).fit(samples.labels)
    #expect(gap(primal.weights, dual.weights) < 1e-8)
    #expect(abs(primal.bias - dual.bias) < 1e-8)
  }

  @Test("Separable classes and features of very different scale converge.")
  func hard() throws {
    let plant = try Plant(rows: 60, width: 5, shift: 40)
    #expect(try Classifier.logistic(l2: 1e-4).fit(plant.samples).steepness > 0)
    var values = plant.samples.features.values
    for index in values.indices where index % 5 == 0 { values[index] *= 1e4 }
    let scaled = try Samples(
      features: RealMatrix(rows: 60, columns: 5, values: values), labels: plant.samples.labels)
    let model = try Classifier.logistic().fit(scaled)
    let reference = try Classifier.logistic().fit(plant.samples)
    #expect(gap(model.scores(scaled.features), reference.scores(plant.samples.features)) < 1e-6)
  }

  @Test("A fit does not depend on the labels that were fitted before it.", arguments: all)
  func refit(_ classifier: Classifier) throws {
    let samples = try Plant(rows: 80, width: 60, shift: 2).samples
    let prepared = try classifier.prepare(samples.features)
    let first = try prepared.fit(samples.labels)
    _ = try prepared.fit(ControlTask.shuffled(samples.labels, stream: RandomStream(seed: 1, purpose: "refit")))
    #expect(try prepared.fit(samples.labels) == first)
    #expect(try classifier.fit(samples) == first)
  }

  @Test("The difference of means is just that, its threshold at the midpoint.")
  func midpoint() throws {
    let features = try RealMatrix([[0, 1], [2, 1], [4, 5], [6, 5]])
    let model = try Classifier.meanDifference.fit(Samples(features: features, labels: [false, false, true, true]))
    #expect(gap(model.direction, [half, half]) < 1e-15)
    let middle = model.scores(try RealMatrix([[3, 3]]))
    #expect(abs(middle[0]) < 1e-12)
    #expect(abs(model.threshold - 6 * half) < 1e-12)
  }

  @Test("The discriminant undoes correlated noise that misleads the difference of means.")
  func correlated() throws {
    // Both features share noise of size 5; only the first holds the signal: their difference is the answer.
    let stream = RandomStream(seed: 3, purpose: "correlated")
    let noise = RandomDirection.gaussian(1200, stream: stream)
    let labels = (0..<400).map { $0 % 2 == 0 }
    let rows = (0..<400).map { row in
      let shared = 5 * noise[3 * row]
      return [shared + 0.5 * noise[3 * row + 1] + (labels[row] ? 1 : 0), shared + 0.5 * noise[3 * row + 2]]
    }
    let samples = try Samples(features: RealMatrix(rows), labels: labels)
    let lda = try Classifier.discriminant(shrinkage: .fixed(1e-6)).fit(samples)
    #expect(abs(dot(lda.direction, [half, -half])) > 0.995)
    let ranking = try Ranking(scores: lda.scores(samples.features), labels: labels)
    let means = try Classifier.meanDifference.fit(samples)
    let rankingOfMeans = try Ranking(scores: means.scores(samples.features), labels: labels)
    #expect(try #require(ranking.auroc) > (try #require(rankingOfMeans.auroc)) + 0.1)
  }

  @Test("The discriminant of the total covariance points where that of the within-class covariance does.")
  func totalCovariance() throws {
    let samples = try Plant(rows: 200, width: 3, shift: 2).samples
    let model = try Classifier.discriminant(shrinkage: .fixed(1e-9)).fit(samples)
    var means = [[0.0, 0, 0], [0.0, 0, 0]]
    for row in 0..<200 {
      for column in 0..<3 { means[samples.labels[row] ? 1 : 0][column] += samples.features[row, column] / 100 }
    }
    var within = [[Double]](repeating: [0, 0, 0], count: 3)
    for row in 0..<200 {
      let x = (0..<3).map { samples.features[row, $0] - means[samples.labels[row] ? 1 : 0][$0] }
      for i in 0..<3 { for j in 0..<3 { within[i][j] += x[i] * x[j] / 200 } }
    }
    // Sw times the direction must be parallel to the difference of means.
    let image = within.map { dot($0, model.direction) }
    let difference = zip(means[1], means[0]).map { $0 - $1 }
    let cosine = dot(image, difference) / (dot(image, image) * dot(difference, difference)).squareRoot()
    #expect(cosine > 1 - 1e-10)
  }

  @Test("Ledoit-Wolf shrinks noise fully and structure hardly.")
  func shrinkage() throws {
    let noise = try normal(30, 200, seed: 5)
    #expect(try Discriminant(noise, shrinkage: .ledoitWolf).intensity > 0.8)
    var values = try normal(2000, 4, seed: 6).values
    for index in values.indices where index % 4 == 0 { values[index] *= 10 }
    let structured = try RealMatrix(rows: 2000, columns: 4, values: values)
    #expect(try Discriminant(structured, shrinkage: .ledoitWolf).intensity < 0.02)
  }

  @Test("Labels of one class, a penalty of zero and features that are not finite are errors that say what to do.")
  func errors() throws {
    let samples = try Plant(rows: 10, width: 3, shift: 1).samples
    let same = try samples.relabelled([Bool](repeating: true, count: 10))
    #expect(throws: StatisticsError.oneClass(where: "the training rows", rows: 10, positive: true)) {
      try Classifier.meanDifference.fit(same)
    }
    #expect(throws: StatisticsError.self) { try Classifier.logistic(l2: 0).fit(samples) }
    #expect(throws: StatisticsError.self) { try Classifier.discriminant(shrinkage: .fixed(0)).fit(samples) }
    #expect(throws: StatisticsError.notFinite(row: 1, column: 0)) {
      try Samples(features: RealMatrix([[0], [.nan]]), labels: [true, false])
    }
    #expect(throws: StatisticsError.self) { try Samples(features: RealMatrix([[0], [1]]), labels: [true]) }
    #expect("\(StatisticsError.oneClass(where: "x", rows: 3, positive: true))".contains("fewer folds"))
  }

  @Test("Classifiers survive encoding.", arguments: all)
  func coding(_ classifier: Classifier) throws {
    let data = try JSONEncoder().encode(classifier)
    #expect(try JSONDecoder().decode(Classifier.self, from: data) == classifier)
  }
}
