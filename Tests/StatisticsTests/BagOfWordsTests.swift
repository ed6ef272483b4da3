import Statistics
import Tensor
import Testing

@Suite("Bag of words")
struct BagOfWordsTests {
  @Test("Words are lower-cased runs of letters and digits, apostrophes inside them kept.")
  func words() {
    #expect(BagOfWords.words("Don’t STOP—'now', 3 times!") == ["don't", "stop", "now", "3", "times"])
    #expect(BagOfWords.words("  ") == [])
  }

  @Test("Features count the words of the training vocabulary and pass over others.")
  func features() {
    let texts = ["a b a", "b c"]
    let bag = BagOfWords(training: texts, counting: .counts, bigrams: true)
    #expect(bag.vocabulary == ["a", "a b", "b", "b a", "b c", "c"])
    #expect(Array(bag.features(["a b a d"]).row(0)) == [2, 1, 1, 1, 0, 0])
    #expect(Array(BagOfWords(training: texts).features(["c c a"]).row(0)) == [1, 0, 1])
    #expect(BagOfWords(training: texts, minimumTexts: 2).vocabulary == ["b"])
  }

  @Test("The baseline reads what the words give away, and not what only unseen words would.")
  func baseline() throws {
    let stream = RandomStream(seed: 2, purpose: "words")
    let labels = (0..<120).map { $0 % 2 == 0 }
    let folds = try Folds.grouped(groups: (0..<120).map { $0 / 4 }, labels: labels, count: 5, stream: stream)
    let telling = labels.enumerated().map { "request \($0 % 7) please \($1 ? "break" : "bake") it" }
    let telltale = try CrossValidation(words: telling, labels: labels, folds)
    #expect(try telltale.ranking().auroc == 1)
    let unseen = labels.enumerated().map { "request please w\($0 / 4)x\($1)" }
    let blind = try CrossValidation(words: unseen, labels: labels, folds)
    #expect(try blind.ranking().auroc == 0.5)
    let order = labels.map { $0 ? "dogs bite men" : "men bite dogs" }
    #expect(try CrossValidation(words: order, labels: labels, folds).ranking().auroc == 0.5)
    #expect(try CrossValidation(words: order, labels: labels, folds, bigrams: true).ranking().auroc == 1)
  }
}
