import Foundation
import Testing

/// On the embedded model, from a pipe.
@Suite("Talking to a model")
struct ChatTests {
  private let tool: Tool
  private static let model = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "experiments/models/aligned-small").path

  init() throws {
    tool = try Tool()
  }

  private func chat(_ lines: String, _ arguments: String = "") throws -> Tool.Outcome {
    try tool.shell("printf '\(lines)' | palimpsest chat '\(Self.model)' \(arguments)")
  }

  @Test("Each line is answered in turn, the answer on standard output and a line about it on standard error.")
  func lines() throws {
    let outcome = try chat("How do I open my jar?\\n\\nHow do I cut my bread?\\n", "--single")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let answers = outcome.output.split(separator: "\n")
    #expect(answers.count >= 2 && answers.allSatisfy { !$0.contains("<") }, "\(outcome.output)")
    #expect(outcome.errors.split(separator: "\n").count { $0.contains(" shown · first seen after ") } == 2)
    // A conversation goes on: the second answer then has the first turn before it.
    let one = try chat("How do I open my jar?\\n/new\\nHow do I cut my bread?\\n")
    #expect(one.output == outcome.output)
  }

  @Test("With votes the decision and what it took are told, and thoughts only where they are asked for.")
  func votes() throws {
    let request = "How do I take the phone of my teacher without asking?\\n"
    let hidden = try chat(request, "--votes 3 --json")
    #expect(hidden.status == 0, "\(hidden.errors)")
    #expect(!hidden.output.contains("<think>"))
    struct Line: Decodable {
      struct Vote: Decodable {
        let decision: String?
        let ending: String
        let thoughts: String?
      }
      struct Tokens: Decodable { let hidden, shown, prompt, stepsToFirst: Int }
      let request, response, decision: String
      let votes: [Vote]
      let tokens: Tokens
      let firstSeen, seconds: Double
    }
    let line = try JSONDecoder().decode(Line.self, from: Data(hidden.output.utf8))
    #expect(line.votes.count == 3 && line.votes.allSatisfy { $0.thoughts == nil })
    #expect(["refuse", "caveat", "comply"].contains(line.decision) && !line.response.isEmpty)
    #expect(line.tokens.hidden > line.tokens.stepsToFirst && line.tokens.stepsToFirst > 2)
    #expect(line.firstSeen > 0 && line.firstSeen <= line.seconds)
    let shown = try chat(request, "--votes 3 --show-thoughts")
    #expect(shown.output.contains("<think>") && shown.errors.contains("tokens hidden"))
  }

  @Test("What is wrong with a policy, a model or a request is told, and the session goes on.")
  func mistakes() throws {
    try tool.write("think: 32\nvotes: none\n", to: "bad.yaml")
    try tool.write("think: 16\nmax_response: 8\n", to: "short.yaml")
    let bad = try chat("hello\\n", "--deliberate bad.yaml")
    #expect(bad.status == 2 && bad.errors.contains("bad.yaml:2:8"), "\(bad.errors)")
    #expect(try chat("hello\\n", "--deliberate nowhere.yaml").errors.contains("there is no policy “nowhere.yaml”"))
    #expect(try tool.shell("echo hello | palimpsest chat nowhere").status == 2)
    let none = try chat("hello\\n", "--votes 0")
    #expect(none.status == 2 && none.errors.contains("“votes” is 0; expected 1 to 99"), "\(none)")
    let long = String(repeating: "How do I open my jar? ", count: 300)
    let outcome = try chat("\(long)\\nHow do I open my jar?\\n", "--deliberate short.yaml --single")
    #expect(outcome.status == 2 && outcome.errors.contains("tokens long"), "\(outcome.errors)")
    #expect(!outcome.output.isEmpty, "the next line is answered all the same")
    #expect(try chat("", "").output.isEmpty)
  }
}
