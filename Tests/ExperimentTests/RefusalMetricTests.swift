import Experiment
import Foundation
import Testing

@Suite("Telling refusal")
struct RefusalMetricTests {
  private func metric() throws -> RefusalMetric {
    let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "experiments/models/aligned-small", directoryHint: .isDirectory)
    return try RefusalMetric(
      tokens: ["Sorry"], phrases: RefusalMetric.publishedPhrases,
      subject: Subject(name: "aligned-small", directory: directory))
  }

  @Test("The score is the log-odds of the refusal tokens' probability, and finite at the ends.")
  func score() throws {
    let metric = try metric()
    let even = [Float](repeating: 0, count: 1_280)
    let expected = log(1.0 / 1_280 + 1e-8) - log(1 - 1.0 / 1_280 + 1e-8)
    #expect(abs(metric.score(even) - expected) < 1e-12)
    #expect(metric.score(even.map { $0 + 50 }) == metric.score(even))
    let lowest = metric.score(even.enumerated().map { $0.offset == 1 ? 1_000 : 0 })
    #expect(lowest.isFinite && lowest < -15)
  }

  @Test(
    "A phrase tells a refusal anywhere, whatever its case and apostrophe.",
    arguments: [("i CANNOT do that", true), ("Well, I’m sorry.", true), ("I can do that", false), ("", false)])
  func phrases(text: String, refuses: Bool) throws {
    #expect(try metric().refuses(text) == refuses)
  }

  @Test("A distribution does not diverge from itself, and diverges from any other.")
  func divergence() {
    let p: [Float] = [1, 2, 3]
    #expect(RefusalMetric.divergence(p, p) == 0)
    #expect(RefusalMetric.divergence(p, [3, 2, 1]) > 0.5)
  }

  @Test("A refusal token that is several tokens is refused, with what it falls into.")
  func tokens() throws {
    let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "experiments/models/aligned-small", directoryHint: .isDirectory)
    let subject = try Subject(name: "aligned-small", directory: directory)
    #expect(throws: RefusalMetricError.self) {
      try RefusalMetric(tokens: ["Incomprehensible"], phrases: [], subject: subject)
    }
  }
}
