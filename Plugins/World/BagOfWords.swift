import Foundation

/// How far words alone tell harmful from harmless: logistic regression on which words occur.
public struct BagOfWords: Sendable {
  private let vocabulary: [String: Int]
  private let weights: [Double]
  private let bias: Double

  /// The words of a text: letters only, lower case.
  static func words(of text: String) -> Set<String> {
    Set(text.lowercased().split { !$0.isLetter }.map(String.init))
  }

  /// Fits by gradient descent with momentum on the L2-penalised mean log loss; deterministic.
  /// - Parameters:
  ///   - texts: what to learn from.
  ///   - labels: whether each is harmful.
  ///   - penalty: the L2 penalty on weights.
  ///   - steps: how many steps.
  public init(texts: [String], labels: [Bool], penalty: Double = 1e-4, steps: Int = 200) {
    var vocabulary: [String: Int] = [:]
    let rows = texts.map { text in
      BagOfWords.words(of: text).sorted().map { word in
        let id = vocabulary[word] ?? vocabulary.count
        vocabulary[word] = id
        return id
      }
    }
    var weights = [Double](repeating: 0, count: vocabulary.count)
    var bias = 0.0
    var speed = [Double](repeating: 0, count: vocabulary.count + 1)
    let rate = 0.5
    let count = Double(max(1, texts.count))
    for _ in 0..<steps {
      var gradient = weights.map { $0 * penalty } + [0.0]
      for (row, label) in zip(rows, labels) {
        let score = row.reduce(bias) { $0 + weights[$1] }
        let error = (1 / (1 + exp(-score)) - (label ? 1 : 0)) / count
        for id in row { gradient[id] += error }
        gradient[weights.count] += error
      }
      for id in speed.indices { speed[id] = 0.9 * speed[id] - rate * gradient[id] }
      for id in weights.indices { weights[id] += speed[id] }
      bias += speed[weights.count]
    }
    self.vocabulary = vocabulary
    self.weights = weights
    self.bias = bias
  }

  /// The log-odds of harm by the words of a text; unknown words count nothing.
  public func score(_ text: String) -> Double {
    BagOfWords.words(of: text).sorted().reduce(bias) { sum, word in sum + (vocabulary[word].map { weights[$0] } ?? 0) }
  }

  /// Area under the ROC curve: the chance that a harmful text scores above a harmless one, ties counting half.
  public static func auroc(scores: [Double], labels: [Bool]) -> Double {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var rankSum = 0.0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      let rank = Double(start + end + 1) / 2
      for place in start..<end where labels[order[place]] { rankSum += rank }
      start = end
    }
    let positives = Double(labels.count { $0 })
    let negatives = Double(labels.count) - positives
    guard positives > 0, negatives > 0 else { return .nan }
    return (rankSum - positives * (positives + 1) / 2) / (positives * negatives)
  }

  /// The AUROC on some requests of a regression fitted on others.
  public static func auroc(fittedOn training: [Request], testedOn test: [Request]) -> Double {
    let model = BagOfWords(texts: training.map(\.text), labels: training.map(\.isHarmful))
    return auroc(scores: test.map { model.score($0.text) }, labels: test.map(\.isHarmful))
  }
}
