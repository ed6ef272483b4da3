import Manuscript
import Testing

@Suite("The nearest known name")
struct NearestTests {
  @Test(
    "A mistyped name finds the one it meant.",
    arguments: [
      ("metod", "method"), ("postions", "positions"), ("lable", "label"), ("Method", "method"), ("sit", "site"),
    ])
  func finds(typed: String, meant: String) {
    #expect(nearest(typed, among: ["label", "method", "positions", "site"]) == meant)
  }

  @Test("A name that is far from all others has no suggestion.", arguments: ["x", "", "temperature", "abcdef"])
  func findsNothing(typed: String) {
    #expect(nearest(typed, among: ["label", "method", "positions", "site"]) == nil)
  }

  @Test("Two neighbours that changed places count once, and ties go to the first in alphabetical order.")
  func tiesAndSwaps() {
    #expect(nearest("mehtod", among: ["method"]) == "method")
    #expect(nearest("cat", among: ["hat", "bat"]) == "bat")
  }
}
