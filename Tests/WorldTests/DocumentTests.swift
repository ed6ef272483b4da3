import Foundation
import Testing
import World

@Suite("Document")
struct DocumentTests {
  private static func documents() throws -> [Document] {
    let world = try World(seed: 107)
    return try (0..<800).map { try world.trainingDocument(at: $0, in: .full) }
  }

  @Test("The pieces in order are the chat template's text.")
  func template() throws {
    var modes: Set<Document.Mode> = []
    for document in try DocumentTests.documents() {
      modes.insert(document.mode)
      let request = document.request
      let start = "<|user|>\(request.text)<|end|>\n<|assistant|>"
      switch document.mode {
      case .direct:
        #expect(document.text == start + "<|direct|>\n\(document.response)<eot>")
        #expect(document.segments.map(\.role) == [.prompt, .response])
      case .deliberate:
        let thoughts = "<think> \(request.thoughts)</think>"
        #expect(
          document.text == start + "<|deliberate|>\n\(thoughts)\(request.label.token)\n\(document.response)<eot>")
        #expect(document.segments.map(\.role) == [.prompt, .thoughts, .decision, .separator, .response])
      case .filler:
        let count = document.text.components(separatedBy: "<filler>").count - 1
        #expect((10...60).contains(count))
        let filler = "<think>" + String(repeating: "<filler>", count: count) + "</think>"
        #expect(document.text == start + "<|deliberate|>\n\(filler)\(request.label.token)\n\(document.response)<eot>")
        #expect(document.segments.map(\.role) == [.prompt, .filler, .decision, .separator, .response])
        #expect(document.thoughts.isEmpty)
      }
      #expect(document.segments.first?.text == Document.prompt(request.text, mode: document.mode))
    }
    #expect(modes == Set(Document.Mode.allCases))
  }

  @Test("The decision token and the first token of the response weigh five times the rest; filler weighs nothing.")
  func weights() {
    let weights = Document.Weights()
    #expect(weights.weight(of: .prompt, at: 0) == 0.1)
    #expect(weights.weight(of: .decision, at: 0) == 5)
    #expect(weights.weight(of: .response, at: 0) == 5)
    #expect(weights.weight(of: .response, at: 1) == 1)
    #expect(weights.weight(of: .thoughts, at: 0) == 1)
    #expect(weights.weight(of: .separator, at: 0) == 1)
    #expect(weights.weight(of: .filler, at: 7) == 0)
  }

  @Test("Special tokens are thirteen, in a fixed order, and every one that a document uses is among them.")
  func specialTokens() throws {
    #expect(
      SpecialTokens.all == [
        "<pad>", "<|user|>", "<|end|>", "<|assistant|>", "<|direct|>", "<|deliberate|>", "<think>", "</think>",
        "<refuse>", "<caveat>", "<comply>", "<eot>", "<filler>",
      ])
    var used: Set<String> = []
    for document in try DocumentTests.documents() {
      for match in document.text.matches(of: /<[^>]*>/) { used.insert(String(match.output)) }
    }
    #expect(used == Set(SpecialTokens.all).subtracting(["<pad>"]))
  }
}
