import Manuscript
import Testing

@Suite("Document")
struct DocumentTests {
  static let example = """
    ---
    title: Where does harmfulness become readable?
    model: aligned-small            # a name
    data: requests
    params: { folds: 5 }
    seed: 17
    tags: [claim-A]
    ---
    The best probe sits at layer `{value} harmfulness.best.layer` with AUROC
    `{value} harmfulness.best.auroc | %.3f` (@fig-harmfulness).

    ```{probe}
    label: harmfulness
    caption: Cross-validated AUROC
    target: harmful
    positions: [object, "instruction[-1]", last]
    folds: $folds
    ```

    ```{claim}
    label: early-mid
    says: Harmfulness is readable early.
    expect:
      - harmfulness.onset.layer < 0.66 * model.layers
      - harmfulness.best.auroc.low > baseline.bag_of_words.auroc.high
    ```
    """

  @Test("A whole document reads into typed parts.")
  func whole() throws {
    let document = try parse(Self.example)
    #expect(document.title == "Where does harmfulness become readable?")
    #expect(document.frontMatter.model?.path == Located("aligned-small", at: place(3, 8)))
    #expect(document.frontMatter.data?.value.string == "requests")
    #expect(document.frontMatter.seed == 17)
    #expect(document.frontMatter.tags == ["claim-A"])
    #expect(document.cells.map(\.kind) == ["probe", "claim"])
    let probe = try #require(document["harmfulness"])
    #expect(probe.location == place(12, 1))
    #expect(probe.label == Located("harmfulness", at: place(13, 8)))
    #expect(probe.caption == Located("Cross-validated AUROC", at: place(14, 10)))
    #expect(probe.body["positions"]?.list?.map(\.location.column) == [13, 21, 40])
    #expect(probe.body["positions"]?.list?.map(\.string) == ["object", "instruction[-1]", "last"])
    #expect(probe.body["folds"]?.int == 5)
    #expect(probe.body["folds"]?.location == place(17, 8))
    #expect(probe.parameters.map(\.key.value) == ["target", "positions", "folds"])
    #expect(probe.source.hasPrefix("label: harmfulness\ncaption:"))
    let claim = try #require(document.claims.first)
    #expect(claim.says == "Harmfulness is readable early.")
    #expect(claim.expect.map(\.location) == [place(24, 5), place(25, 5)])
    #expect(document.inlineValues.map(\.location) == [place(9, 31), place(10, 2)])
    #expect(document.inlineValues.map(\.expression.location) == [place(9, 39), place(10, 10)])
    #expect(document.inlineValues.map(\.format?.source) == [nil, "%.3f"])
    #expect(document.references.map(\.location) == [place(10, 42)])
    #expect(
      document.firstParagraph
        == "The best probe sits at layer … with AUROC … (@fig-harmfulness).")
  }

  @Test("The title falls back to the first heading, then to the file's name.")
  func titles() throws {
    #expect(try parse("# Hello *there*\n\n## More").title == "Hello there")
    #expect(try Document.parse(source: "text", file: "experiments/a-b.md").title == "a-b")
    #expect(try parse("---\ntitle: T\n---\n# Other").title == "T")
  }

  @Test("Headings have levels, words and unique identifiers.")
  func headings() throws {
    let document = try parse("# One & two\n\n## One, two\n\n### Größe 3\n\n#### ???\n\nOne two\n===\n")
    #expect(document.headings.map(\.id) == ["one-two", "one-two-1", "größe-3", "section", "one-two-2"])
    #expect(document.headings.map(\.level) == [1, 2, 3, 4, 1])
    #expect(document.headings.first?.text == "One & two")
  }

  @Test("Line ends do not change what is read, nor where.")
  func lineEnds() throws {
    let plain = try parse(Self.example)
    for end in ["\r\n", "\r"] {
      let other = try parse(Self.example.replacing("\n", with: end))
      #expect(other.cells == plain.cells)
      #expect(other.inlineValues == plain.inlineValues)
      #expect(other.references == plain.references)
      #expect(other.frontMatter == plain.frontMatter)
    }
    #expect(try parse("\u{FEFF}" + Self.example).cells == plain.cells)
  }

  @Test("All problems are reported at once, in the order of the text.")
  func allAtOnce() throws {
    let found = try messages(
      """
      ---
      titel: X
      seed: -1
      ---
      `{value} nothing.at | %q` and @fig-none

      ```{probe}
      lable: a
      ```

      ```{claim}
      label: b
      expect: [a <, 3]
      ```
      """)
    #expect(
      found == [
        """
        x.md:2:1: error: unknown key “titel” in the front matter; did you mean “title”?
          allowed: author, data, description, model, on_request, params, redact, seed, tags, title
        """,
        "x.md:3:7: error: seed is the number -1\n  expected: a whole number from 0 on",
        """
        x.md:5:23: error: the format “%q” has an unknown conversion
          expected: one of %d %f %.3f %e %g %s, with text around it and %% for a percent sign
        """,
        "x.md:5:31: error: unknown label “none” in @fig-none",
        """
        x.md:8:1: error: {probe} has no label; did you mean “label”?
          expected: lower-case letters, digits, and “-” or “_” between them, starting with a letter
        """,
        "x.md:11:1: error: the claim “b” does not say anything; add a line such as says: what is claimed, in a sentence",
        "x.md:13:13: error: the expression ends here\n  expected: a number, a name or “(”",
        "x.md:13:15: error: the number 3 is not an expectation\n  expected: a comparison as text",
      ])
  }

  @Test("An empty file and a file of any bytes are read or refused, never worse.")
  func anything() throws {
    #expect(try parse("").cells.isEmpty)
    var state: UInt64 = 1
    let alphabet = Array("`~{}value probe:|@fig-a\n\n\n\t -#>*_[]()<!&\\\"'$%é😀\r\u{2028}\u{0}".unicodeScalars)
    for _ in 0..<3_000 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<60 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        scalars.append(alphabet[Int(state >> 33) % alphabet.count])
      }
      let source = String(scalars)
      do {
        let document = try parse(source)
        #expect(document.source == source)
      } catch let problems as Problems {
        #expect(!problems.list.isEmpty)
        #expect(problems.list.allSatisfy { $0.location.line >= 1 && $0.location.column >= 1 })
      }
    }
  }

  @Test("Nesting without end is refused.")
  func nesting() throws {
    let quotes = String(repeating: ">", count: 500) + " x"
    #expect(try messages(quotes).contains { $0.contains("blocks are nested more than 100 deep") })
    let stars = String(repeating: "*a **b ", count: 200) + String(repeating: "c** d*", count: 200)
    #expect(try messages(stars).contains { $0.contains("text is nested more than 100 deep") })
  }
}
