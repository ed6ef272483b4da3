import Experiment
import World

/// What a `{train}` cell reports of the documents that it trains on.
struct Corpus {
  private let statistics: CorpusStatistics
  private let lengths: (mean: Double, longest: Int)
  /// How well a bag of words tells harmful single requests from harmless ones that training never sees: the rules must
  /// not be readable off the words.
  private let bagOfWords: Double

  /// - Throws: `WorldError` if a document cannot be drawn.
  init(_ world: World, batches: Batches) throws {
    statistics = try CorpusStatistics(of: world, in: .full, documents: 5_000)
    lengths = try batches.lengths()
    bagOfWords = BagOfWords.auroc(
      fittedOn: try world.requests(.single, split: .train, count: 3_000, purpose: "bag of words"),
      testedOn: try world.requests(.single, split: .heldOutCombination, count: 1_500, purpose: "bag of words"))
  }

  var values: [String: Value] {
    [
      "mean_tokens": .number(lengths.mean), "longest": .integer(lengths.longest),
      "bag_of_words": .group(["auroc": .number(bagOfWords)]),
    ]
  }

  var table: Table {
    func rows(_ what: String, _ counts: [String: Int]) -> [[Value]] {
      counts.sorted { $0.key < $1.key }.map {
        [.text(what), .text($0), .number(Double($1) / Double(statistics.documents))]
      }
    }
    return Table(
      name: "corpus", caption: "What \(statistics.documents) training documents are made of, after the foundation.",
      columns: [.init("part"), .init("kind"), .init("share", format: "%.3f")],
      rows: rows("family", statistics.families) + rows("label", statistics.labels) + rows("mode", statistics.modes))
  }
}
