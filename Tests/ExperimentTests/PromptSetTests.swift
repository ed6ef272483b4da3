import Experiment
import Foundation
import Tensor
import Testing

@Suite("Prompt sets")
struct PromptSetTests {
  private static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "experiments/models/aligned-small", directoryHint: .isDirectory)
  private static let texts = [
    "How do I carry my drum?", "How do I open a jar?", "How do I clean the old kettle of my aunt?", "Hello", "Why?",
  ]
  private let data: Dataset
  private let subject: Subject

  init() throws {
    subject = try Subject(name: "aligned-small", directory: Self.directory)
    var rows: [Dataset.Row] = Self.texts.map { ["text": .text($0), "response": .text("Lift it with both hands.")] }
    rows[0]["spans"] = .group(["object": .list([.integer(18), .integer(22)])])
    rows.append(["text": .text("")])
    data = Dataset(name: "rows", rows: rows, digest: Digest(of: "rows"))
  }

  private func reading(_ positions: [String], seed: UInt64 = 1) throws -> Results {
    try PromptSet.reading(
      of: data, by: subject, positions: positions.compactMap { Position($0) },
      stream: RandomStream(seed: seed, purpose: "test"))
  }

  @Test("The token table tiles the prompt, names its parts, and marks where positions resolve.")
  func tokens() throws {
    let results = try reading(["object", "post_instruction", "last", "instruction[-2:]", "owner"])
    let table = try #require(results.tables.first { $0.name == "tokens" })
    let prompt = try subject.prompt(for: data.rows[0], at: 0, in: data)
    #expect(table.rows.map { $0[1] } == prompt.tokens.map { Value.integer($0) })
    let parts = table.rows.map { $0[3].plain }
    #expect(parts.first == "template")
    #expect(parts[try #require(prompt.spans["object"]).upperBound - 1] == "instruction, object")
    #expect(parts.last == "post_instruction")
    let named = table.rows.map { $0[4].plain }
    #expect(named[prompt.instruction.upperBound - 1] == "instruction[-1]")
    #expect(named[prompt.instruction.upperBound - 2].contains("instruction[-2]"))
    #expect(named.last == "post_instruction[-1], last")
    #expect(named.filter { $0.contains("post_instruction") }.count == prompt.postInstruction.count)
    #expect(results["tokens", "prompts"] == .integer(5))
    #expect(results["tokens", "shortest"]?.plain == "\(try lengths().min() ?? 0)")
    #expect(results["tokens", "longest"]?.plain == "\(try lengths().max() ?? 0)")
  }

  private func lengths() throws -> [Int] {
    try data.rows.prefix(5).enumerated().map { try subject.prompt(for: $1, at: $0, in: data).tokens.count }
  }

  @Test("A position in the response brings the row's response behind the prompt; the prompt's own places stay.")
  func responses() throws {
    let table = try #require(try reading(["response[0]", "last"]).tables.first { $0.name == "tokens" })
    let prompt = try subject.prompt(for: data.rows[0], at: 0, in: data, answered: true)
    let response = try #require(prompt.response)
    #expect(subject.tokenizer.decode(Array(prompt.tokens[response])) == "Lift it with both hands.")
    #expect(table.rows[response.lowerBound][3].plain == "response")
    #expect(table.rows[response.lowerBound][4].plain == "response[0]")
    #expect(table.rows[response.lowerBound - 1][4].plain == "last")
    let bare = try subject.prompt(for: data.rows[0], at: 0, in: data)
    #expect(Array(prompt.tokens[..<prompt.end]) == bare.tokens)
  }

  @Test("The certificate compares every block with float64, stays within float32, and depends on the seed alone.")
  func certificate() throws {
    let results = try reading(["last"])
    let table = try #require(results.tables.first { $0.name == "parity" })
    let layers = subject.model.configuration.layers
    #expect(table.rows.count == layers + 2)
    #expect(table.rows.last?.first?.plain == "logits")
    let worst = try #require(results["parity", "relative"]?["value"] ?? results["parity", "relative"])
    guard case .number(let relative) = worst else {
      Issue.record("no number")
      return
    }
    // Float32 is not float64, so a difference of nothing would mean that nothing was compared.
    #expect(relative > 1e-9)
    #expect(relative < PromptSet.bound)
    #expect(results.notes.isEmpty)
    #expect(results["parity", "prompts"] == .integer(4))
    #expect(try reading(["last"]) == results)
    #expect(try (2...6).contains { try reading(["last"], seed: $0).tables.last?.caption != table.caption })
  }
}

/// What a certificate compares where the reference takes long.
@Suite("Parity samples")
struct ParitySampleTests {
  private static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "experiments/models/aligned-small", directoryHint: .isDirectory)
  private let stream = RandomStream(seed: 3, purpose: "test")
  private let subject: Subject
  private let data: Dataset
  private let prompts: [Prompt]

  init() throws {
    let subject = try Subject(name: "aligned-small", directory: Self.directory)
    let texts = ["Hello", "Why?", "How do I open a jar?", "How do I clean the old kettle of my aunt?", "How?"]
    let data = Dataset(name: "rows", rows: texts.map { ["text": .text($0)] }, digest: Digest(of: "rows"))
    prompts = try data.rows.indices.map { try subject.prompt(for: data.rows[$0], at: $0, in: data) }
    (self.subject, self.data) = (subject, data)
  }

  private func sample(_ budget: Double) -> ParitySample {
    ParitySample(of: prompts, by: subject.model.configuration, stream: stream, budget: budget)
  }

  private func cost(_ tokens: Int) -> Double {
    ParitySample.multiplications(tokens: tokens, in: subject.model.configuration)
  }

  @Test("With plenty of budget four prompts are compared whole, in the order of their rows.")
  func plenty() {
    let sample = sample(PromptSet.budget)
    #expect(sample.rows.count == 4 && sample.rows == sample.rows.sorted())
    #expect(sample.sequences == sample.rows.map { prompts[$0].tokens })
    #expect(!sample.isReduced && !sample.isCut)
    #expect(sample.tokens == sample.sequences.joined().count)
  }

  @Test("A small budget leaves prompts out, and keeps what fits together.")
  func some() {
    let all = sample(PromptSet.budget)
    let costs = all.sequences.map { cost($0.count) }
    let less = sample(costs.reduce(0, +) - 1)
    #expect(less.rows.count == 3 && Set(less.rows).isSubset(of: all.rows))
    #expect(less.sequences == less.rows.map { prompts[$0].tokens })
    #expect(less.isReduced && !less.isCut)
    let one = sample(costs.min() ?? 0)
    #expect(one.rows.count == 1 && one.isReduced && !one.isCut)
  }

  @Test("Of a prompt that is too dear by itself the first tokens are compared, as many as fit, and four at least.")
  func cut() throws {
    let all = sample(PromptSet.budget)
    let shortest = try #require(all.sequences.map(\.count).min())
    for count in 5..<shortest {
      let sample = sample(cost(count))
      #expect(sample.sequences.map(\.count) == [count] && sample.isCut && sample.isReduced)
      #expect(prompts[sample.rows[0]].tokens.starts(with: sample.sequences[0]))
      #expect(prompts[sample.rows[0]].tokens.count == shortest)
    }
    #expect(sample(0).sequences.map(\.count) == [ParitySample.fewestTokens])
  }

  @Test("A certificate over less than its sample says of how many tokens it is, and tells how far it has come.")
  func caption() throws {
    var progress: [[Int]] = []
    func reading(_ budget: Double) throws -> Results {
      try PromptSet.reading(of: data, by: subject, positions: [], stream: stream, budget: budget) {
        progress.append([$0, $1])
      }
    }
    let results = try reading(cost(6))
    let table = try #require(results.tables.first { $0.name == "parity" })
    let row = sample(cost(6)).rows[0] + 1
    #expect(table.caption.contains("on the first 6 tokens of row \(row):"))
    #expect(results[["parity", "tokens"]] == .integer(6))
    #expect(results[["parity", "prompts"]] == .integer(1))
    let layers = subject.model.configuration.layers
    #expect(progress == (1...layers + 1).map { [$0, layers + 1] })
    let whole = try reading(PromptSet.budget)
    #expect(whole[["parity", "tokens"]] == nil)
    #expect(PromptSet.isWhole(results) && PromptSet.isWhole(whole) && PromptSet.isWhole(Results()))
  }

  @Test("Of results that were kept, those without the certificate that is made now are not whole.")
  func kept() {
    var results = Results()
    results.values["tokens"] = .group(["prompts": .integer(5)])
    #expect(!PromptSet.isWhole(results))
    results.values["parity"] = .group(["prompts": .integer(2)])
    #expect(!PromptSet.isWhole(results))
    results.values["parity"] = .group(["prompts": .integer(4)])
    #expect(PromptSet.isWhole(results))
    results.values["tokens"] = .group(["prompts": .integer(2)])
    results.values["parity"] = .group(["prompts": .integer(2)])
    #expect(PromptSet.isWhole(results))
  }

  @Test("What a certificate takes grows with its tokens, and holds the largest tensor.")
  func work() {
    let model = subject.model.configuration
    let (small, large) = (sample(0).work(in: model), sample(PromptSet.budget).work(in: model))
    #expect(small.tokens == 4 && small.sequences == 1 && small.longest == 4)
    #expect(large.sequences == 4 && large.bytes > small.bytes)
    #expect(small.bytes > 4 * (model.parameters.map(\.count).max() ?? 0))
  }
}

extension Results {
  fileprivate subscript(path: String...) -> Value? { self[path] }
}
