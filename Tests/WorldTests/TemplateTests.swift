import Testing
import World

@Suite("Template")
struct TemplateTests {
  @Test("What is filled in is read back, and ranges cut it out.")
  func roundTrip() throws {
    let template = Template("first {a}, then {b}.")
    let (text, ranges) = template.fill(["a": "x, then y", "b": "zä"])
    #expect(text == "first x, then y, then zä.")
    let range = try #require(ranges["b"])
    #expect(String(decoding: Array(text.utf8)[range], as: UTF8.self) == "zä")
    #expect(template.read(text) == [["a": "x", "b": "y, then zä"], ["a": "x, then y", "b": "zä"]])
  }

  @Test("Slots are never empty, literals must match, and a template without slots is a text.")
  func mismatches() {
    let template = Template("{a} is {b}")
    #expect(template.read(" is b").isEmpty)
    #expect(template.read("a is ").isEmpty)
    #expect(template.read("a was b").isEmpty)
    #expect(Template("as is").read("as is") == [[:]])
    #expect(Template("as is").read("as was").isEmpty)
    #expect(Template("{a}{").text == "{a}{")
  }
}
