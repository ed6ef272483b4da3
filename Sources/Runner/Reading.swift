import Experiment
import Manuscript
import Tensor

/// One model with one data set that it is to read, and the places that cells name in it.
struct Reading {
  let subject: Subject
  let data: Dataset
  let frontMatter: FrontMatter
  private var positions: [Position] = []

  init(subject: Subject, data: Dataset, frontMatter: FrontMatter) {
    (self.subject, self.data, self.frontMatter) = (subject, data, frontMatter)
  }

  /// Adds places, those that are known already aside.
  mutating func add(_ more: [Position]) {
    for position in more where !positions.contains(position) { positions.append(position) }
  }

  private var showsResponses: Bool { !frontMatter.redact.contains(.completions) }
  private var stream: RandomStream { RandomStream(seed: frontMatter.seed, purpose: "parity certificate") }

  /// What its results are kept under.
  var key: Digest {
    CellKey(parts: [
      "kind": "prompts \(PromptSet.version)", "seed": "\(frontMatter.seed)", "engine": Engine.version,
      "model": subject.digest.hex, "positions": "\(positions)",
      "data": data.identity, "responses": showsResponses ? "shown" : "redacted",
    ]).digest
  }

  /// How much work its certificate is.
  var work: Work {
    PromptSet.work(of: data, by: subject, positions: positions, showsResponses: showsResponses, stream: stream)
  }

  /// Finds how the model reads the data.
  func results(progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Results {
    try PromptSet.reading(
      of: data, by: subject, positions: positions, showsResponses: showsResponses, stream: stream, progress: progress)
  }
}
