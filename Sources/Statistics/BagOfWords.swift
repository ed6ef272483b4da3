import Foundation

/// A text as the words that occur in it: the baseline that a probe of activations must beat.
public struct BagOfWords: Hashable, Sendable {
  /// What a feature holds.
  public enum Counting: String, Codable, Hashable, Sendable {
    /// 1 where the word occurs.
    case binary
    /// How often it occurs.
    case counts
  }

  /// The words (and pairs of words, joined by a space) in alphabetical order of their UTF-8: the columns.
  public let vocabulary: [String]
  private let counting: Counting
  private let bigrams: Bool
  private let column: [String: Int]

  /// Takes the vocabulary from training texts.
  ///
  /// - Parameters:
  ///   - bigrams: whether pairs of neighbouring words are features too.
  ///   - minimumTexts: in how many texts a word must occur to be a feature.
  public init(
    training texts: [String], counting: Counting = .binary, bigrams: Bool = false, minimumTexts: Int = 1
  ) {
    var occurrences = [String: Int]()
    for text in texts {
      for term in Set(Self.terms(text, bigrams: bigrams)) { occurrences[term, default: 0] += 1 }
    }
    vocabulary = occurrences.filter { $0.value >= minimumTexts }.keys.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    column = Dictionary(uniqueKeysWithValues: zip(vocabulary, 0...))
    self.counting = counting
    self.bigrams = bigrams
  }

  /// `[texts, vocabulary]`; words that training did not have are passed over.
  public func features(_ texts: [String]) -> RealMatrix {
    var features = RealMatrix(texts.count, vocabulary.count)
    for (row, text) in texts.enumerated() {
      for term in Self.terms(text, bigrams: bigrams) {
        guard let column = column[term] else { continue }
        features[row, column] = counting == .binary ? 1 : features[row, column] + 1
      }
    }
    return features
  }

  /// Lower-cased runs of letters and digits; an apostrophe between letters belongs to the word.
  public static func words(_ text: String) -> [String] {
    let characters = Array(text.lowercased().replacing("’", with: "'"))
    var words: [String] = []
    var word = ""
    for (index, character) in characters.enumerated() {
      let next = index + 1 < characters.count ? characters[index + 1] : " "
      if character.isLetter || character.isNumber || (character == "'" && !word.isEmpty && next.isLetter) {
        word.append(character)
      } else if !word.isEmpty {
        words.append(word)
        word = ""
      }
    }
    return word.isEmpty ? words : words + [word]
  }

  private static func terms(_ text: String, bigrams: Bool) -> [String] {
    let words = words(text)
    return bigrams ? words + zip(words, words.dropFirst()).map { "\($0) \($1)" } : words
  }
}

extension CrossValidation {
  /// The bag-of-words baseline: each fold takes its vocabulary from its training texts alone and fits logistic
  /// regression on centred, unscaled features.
  ///
  /// - Throws: ``StatisticsError`` when a training part lacks a class, or a fit fails.
  public init(
    words texts: [String], labels: [Bool], _ folds: Folds, counting: BagOfWords.Counting = .binary,
    bigrams: Bool = false, l2: Double = 1
  ) throws {
    guard texts.count == labels.count else {
      throw StatisticsError.lengths(what: "labels", expected: texts.count, found: labels.count)
    }
    try self.init(labels: labels, folds) { fold in
      let trainTexts = fold.train.map { texts[$0] }
      let bag = BagOfWords(training: trainTexts, counting: counting, bigrams: bigrams)
      let samples = try Samples(features: bag.features(trainTexts), labels: fold.train.map { labels[$0] })
      let model = try Classifier.logistic(l2: l2, scaling: .centre).fit(samples)
      return (model, model.scores(bag.features(fold.test.map { texts[$0] })))
    }
  }
}
