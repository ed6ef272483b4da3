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
    arguments: ["", "last[0]", "instruction", "object[", "object[x]", "two words", "-1"])
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
    let all = try #require(Position("post_instruction")).expanded(postInstructionCount: 4)
    #expect(all.map { $0.resolve(in: prompt) } == [6, 7, 8, 9])
    #expect(Position.last.expanded(postInstructionCount: 4) == [.last])
  }
}
