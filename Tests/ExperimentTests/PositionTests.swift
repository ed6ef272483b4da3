import Experiment
import Testing

@Suite("Positions")
struct PositionTests {
  private let prompt = Prompt(
    row: 0, instructionText: "", text: "", tokens: Array(10..<20), instruction: 2..<6, postInstruction: 6..<10,
    spans: ["object": 3..<5])

  @Test(
    "Each written position resolves to its token.",
    arguments: [
      ("last", 9), ("instruction[0]", 2), ("instruction[-1]", 5), ("post_instruction[0]", 6),
      ("post_instruction[-4]", 6), ("post_instruction[-1]", 9), ("object", 4), ("object[0]", 3), ("object[-2]", 3),
    ])
  func resolves(text: String, index: Int) throws {
    #expect(try #require(Position(text)).resolve(in: prompt) == index)
  }

  @Test("A place outside of its range resolves to nothing.", arguments: ["object[2]", "instruction[9]", "owner"])
  func resolvesNot(text: String) throws {
    #expect(try #require(Position(text)).resolve(in: prompt) == nil)
  }

  @Test(
    "What is no position is not read as one.",
    arguments: [
      "", "last[0]", "instruction", "object[", "object[x]", "two words", "-1", "last[:]", "response", "object[2:1]",
      "object[1:1]",
    ])
  func refuses(text: String) {
    #expect(Position(text) == nil)
  }

  @Test(
    "A position is written as it was read.",
    arguments: ["last", "instruction[-1]", "post_instruction", "post_instruction[2]", "object", "object[0]"])
  func roundTrips(text: String) throws {
    #expect("\(try #require(Position(text)))" == text)
  }

  @Test("The whole of the template's tokens expands to each of them, counted from the end.")
  func expands() throws {
    let all = try #require(Position("post_instruction")).expanded(in: [prompt])
    #expect(all.map { $0.resolve(in: prompt) } == [6, 7, 8, 9])
    #expect(try Position.last.expanded(in: [prompt]) == [.last])
  }

  @Test(
    "A range expands to its tokens, each resolved in every prompt on its own.",
    arguments: [
      ("instruction[0:2]", [2, 3]), ("instruction[:2]", [2, 3]), ("instruction[-3:]", [3, 4, 5]),
      ("instruction[-3:-1]", [3, 4]), ("post_instruction[1:3]", [7, 8]), ("instruction[:]", [2, 3, 4, 5]),
      ("instruction[1:]", [3, 4, 5]), ("instruction[:-1]", [2, 3, 4]), ("instruction[1:-1]", [3, 4]),
      ("object[:]", [3, 4]), ("response[0:2]", [10, 11]), ("response[-2:]", [10, 11]),
    ])
  func ranges(text: String, places: [Int]) throws {
    let answered = Prompt(
      row: 0, instructionText: "", text: "", tokens: Array(10..<22), instruction: 2..<6, postInstruction: 6..<10,
      spans: ["object": 3..<5], response: 10..<12)
    let position = try #require(Position(text))
    #expect("\(position)" == text)
    #expect(try position.expanded(in: [answered, answered]).map { $0.resolve(in: answered) } == places)
    #expect(position.resolve(in: answered) == nil)
  }

  @Test("A range whose tokens are not equally many in every prompt is refused, unless both bounds count from one end.")
  func uneven() throws {
    let longer = Prompt(
      row: 1, instructionText: "", text: "", tokens: Array(10..<22), instruction: 2..<8, postInstruction: 8..<12,
      spans: [:])
    #expect(try #require(Position("instruction[-2:]")).expanded(in: [prompt, longer]).count == 2)
    let open = Position(.instruction, .init(nil, nil))
    do {
      _ = try open.expanded(in: [prompt, longer])
      Issue.record("it was accepted")
    } catch {
      #expect(error.position == open)
      #expect(error.counts == [4, 6])
      #expect(error.description.contains("“instruction[:]” is 4 to 6 tokens in different prompts"))
    }
  }

  @Test("The last token is the prompt's, also where a response stands behind it.")
  func lastOfPrompt() {
    let answered = Prompt(
      row: 0, instructionText: "", text: "", tokens: Array(10..<25), instruction: 2..<6, postInstruction: 6..<10,
      spans: [:], response: 10..<15)
    #expect(Position.last.resolve(in: answered) == 9)
    #expect(Position(.response, -1).resolve(in: answered) == 14)
    #expect(Position(.response, 0).resolve(in: prompt) == nil)
  }
}
