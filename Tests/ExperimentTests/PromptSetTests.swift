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

extension Results {
  fileprivate subscript(path: String...) -> Value? { self[path] }
}
