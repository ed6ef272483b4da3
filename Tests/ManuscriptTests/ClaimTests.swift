import Manuscript
import Testing

@Suite("Claims")
struct ClaimTests {
  private func document(_ body: String) -> String { cellA + "```{claim}\nlabel: c\n\(body)\n```\n" }

  @Test("Expectations keep their places: plain, quoted, folded over lines, and alone.")
  func places() throws {
    let claim = try #require(
      try parse(
        document(
          "says: S\nexpect:\n  - a.x > 1\n  - \"a.y > 2\"\n  - >\n    a.z\n    > 3\n  - a.u >\n    a.v")
      ).claims.first)
    #expect(
      claim.expect.flatMap { $0.value.names.map(\.location) } == [
        place(8, 5), place(9, 6), place(11, 5), place(13, 5), place(14, 5),
      ])
    #expect(try parse(document("says: S\nexpect: a.x > 1")).claims.first?.expect.first?.location == place(7, 9))
  }

  @Test("A claim's verdict is the worst of its expectations.")
  func verdict() throws {
    let claim = try #require(try parse(document("says: S\nexpect: [a.x > 1, a.y > 1]")).claims.first)
    #expect(claim.label == "c")
    #expect(try claim.verdict { _ in .number(2) } == .supported)
    #expect(try claim.verdict { .number($0.description == "a.x" ? 2 : 1) } == .refuted)
    #expect(try claim.verdict { _ in .quantity(Quantity(2, low: 0, high: 3)) } == .inconclusive)
    #expect(throws: Problem.self) { try claim.verdict { _ in nil } }
  }

  @Test(
    "Each mistake has its message and place.",
    arguments: [
      (
        "expect: a.x > 1",
        "x.md:4:1: error: the claim “c” does not say anything; add a line such as says: what is claimed, in a sentence"
      ),
      ("says: 3\nexpect: a.x > 1", "x.md:6:7: error: says is the number 3\n  expected: a sentence"),
      (
        "says: S",
        """
        x.md:4:1: error: the claim “c” expects nothing; \
        add expect: with a list of comparisons, such as - probe.best.auroc > 0.8
        """
      ),
      ("says: S\nexpect: []", "x.md:7:9: error: expect is an empty list\n  expected: one comparison or more"),
      (
        "says: S\nexpect:\n  - {a.x: 1}",
        """
        x.md:8:5: error: a map of 1 key is not an expectation; put an expression that holds a colon in quotes
          expected: a comparison as text
        """
      ),
      (
        "says: S\nexpect: a.x + 1",
        "x.md:7:9: error: “a.x + 1” is neither true nor false\n  expected: a comparison, such as a.x + 1 > 0"
      ),
      ("says: S\nexpect: a.x > > 1", "x.md:7:15: error: unexpected “>”\n  expected: a number, a name or “(”"),
      (
        "says: S\nexpects: x\nexpect: a.x > 1",
        """
        x.md:7:1: error: unknown key “expects” in {claim}; did you mean “expect”?
          allowed: caption, expect, label, says
        """
      ),
      (
        "says: S\nexpect: zzz.x > 1",
        "x.md:7:9: error: unknown name “zzz”\n  allowed: a, baseline, c, data, model, params"
      ),
    ])
  func mistakes(body: String, message: String) throws {
    #expect(try messages(document(body)) == [message])
  }
}
