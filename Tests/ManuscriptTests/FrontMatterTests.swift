import Manuscript
import Testing

@Suite("Front matter")
struct FrontMatterTests {
  static let source = "---\nmodel: m\nseed: 3\nparams: {folds: 5, name: x}\n---\n```{probe}\nlabel: a\nn: $folds\n```\n"

  @Test("Overrides replace parameters, model, data and seed, with typed values.")
  func overrides() throws {
    let document = try parse(
      Self.source,
      overrides: ["folds": "[1, 2]", "model": "~/m", "data": "{path: d.csv}", "seed": "18446744073709551615"])
    #expect(document["a"]?.body["n"]?.canonicalJSON == "[1,2]")
    #expect(document.frontMatter.model?.path.value == "~/m")
    #expect(document.frontMatter.data?.value["path"]?.string == "d.csv")
    #expect(document.frontMatter.seed == .max)
    #expect(document.frontMatter.parameter("name")?.string == "x")
    #expect(try parse(Self.source, overrides: ["name": "@odd"])["a"] != nil)
    #expect(try parse("text").frontMatter.seed == 0)
  }

  @Test("Override mistakes name the option.")
  func overrideMistakes() throws {
    #expect(
      try messages(Self.source, overrides: ["fold": "3", "seed": "x"]) == [
        """
        --set fold=3:1:1: error: unknown parameter “fold” of x.md; did you mean “folds”?
          allowed: data, folds, model, name, seed
        """,
        "--set seed=x:1:1: error: seed is “x”\n  expected: a whole number from 0 on",
      ])
  }

  @Test(
    "Each mistake has its message and place.",
    arguments: [
      ("---\ntitle: x\n", "x.md:1:1: error: the front matter is not closed; end it with a line of “---”"),
      (
        "---\n- x\n---\n",
        "x.md:2:1: error: the front matter holds a list of 1\n  expected: keys with values, such as title: What we ask"
      ),
      ("---\ntitle: [x]\n---\n", "x.md:2:8: error: title is a list of 1\n  expected: text"),
      (
        "---\ndata: 3\n---\n",
        "x.md:2:7: error: data is the number 3\n  expected: a name, a path, or a map with a path and column names"
      ),
      ("---\nseed: 1.5\n---\n", "x.md:2:7: error: seed is the number 1.5\n  expected: a whole number from 0 on"),
      ("---\nseed: \"1\"\n---\n", "x.md:2:7: error: seed is the text “1”\n  expected: a whole number from 0 on"),
      ("---\ntags: [a, 1]\n---\n", "x.md:2:7: error: tags is a list of 2\n  expected: a list of words"),
      (
        "---\nparams: [a]\n---\n",
        "x.md:2:9: error: params is a list of 1\n  expected: names with values, such as { folds: 5 }"
      ),
      (
        "---\nparams: {a b: 1}\n---\n",
        """
        x.md:2:10: error: “a b” cannot name a parameter
          expected: letters, digits, “_” and “-”, starting with a letter
        """
      ),
      (
        "---\nparams: {seed: 1}\n---\n",
        "x.md:2:10: error: the parameter “seed” has the name of a key of the front matter"
      ),
    ])
  func mistakes(source: String, message: String) throws {
    #expect(try messages(source) == [message])
  }

  @Test("Front matter may be empty, and may end in dots.")
  func shapes() throws {
    #expect(try parse("---\n---\nx").firstParagraph == "x")
    #expect(try parse("---\nauthor: Me\ndescription: D\n...\nx").frontMatter.author == "Me")
  }
}
