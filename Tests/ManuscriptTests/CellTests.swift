import Manuscript
import Testing

@Suite("Cells")
struct CellTests {
  @Test("A cell in a list, a quote, behind spaces or unusual letters keeps the places of its nodes.")
  func places() throws {
    let document = try parse(
      """
      1. First

         ~~~~{probe}
         label: one
         keys:
           - é😀: x
             deep: [ü, "é b"]
         ~~~~

      > - > ```{lens}
      >   > label: two
      >   > at: 3
      >   > ```

        ```{probe}
          label: three
          at: 4
        ```
      """)
    #expect(document.cells.map(\.location) == [place(3, 4), place(10, 7), place(15, 3)])
    #expect(document.cells.map(\.label.location) == [place(4, 11), place(11, 14), place(16, 12)])
    let first = document.cells[0].body["keys"]?.list?.first
    #expect(first?.location == place(6, 8))
    #expect(first?.entries?.map(\.key.location) == [place(6, 8), place(7, 8)])
    #expect(first?["é😀"]?.location == place(6, 12))
    #expect(first?["deep"]?.list?.map(\.location) == [place(7, 15), place(7, 18)])
    #expect(document.cells[1].body["at"]?.location == place(12, 11))
    #expect(document.cells[1].source == "label: two\nat: 3\n")
    #expect(document.cells[2].body["at"]?.location == place(17, 9))
  }

  @Test("Other code blocks stay prose.")
  func prose() throws {
    let document = try parse("```python\nx = {1}\n```\n\n    {probe}\n\n```{.python}\nx\n```\n\n```\n{probe}\n```\n")
    #expect(document.cells.isEmpty)
  }

  @Test(
    "Each mistake in a cell has its message and place.",
    arguments: [
      (
        "```{probe}\n```",
        "x.md:1:1: error: the body of {probe} is empty\n  expected: keys with values, such as label: my-probe"
      ),
      (
        "```{probe}\n- a\n- b\n```",
        "x.md:2:1: error: the body of {probe} holds a list of 2\n  expected: keys with values, such as label: my-probe"
      ),
      (
        "```{probe}\ntarget: x\n```",
        """
        x.md:1:1: error: {probe} has no label; add a line such as label: my-probe
          expected: lower-case letters, digits, and “-” or “_” between them, starting with a letter
        """
      ),
      (
        "```{probe}\nlabel: Big One\n```",
        """
        x.md:2:8: error: the text “Big One” is not a label
          expected: lower-case letters, digits, and “-” or “_” between them, starting with a letter
        """
      ),
      (
        "```{probe}\nlabel: 3\n```",
        """
        x.md:2:8: error: the number 3 is not a label
          expected: lower-case letters, digits, and “-” or “_” between them, starting with a letter
        """
      ),
      ("```{probe}\nlabel: max\n```", "x.md:2:8: error: the label “max” is a word of the expression language"),
      (
        "```{probe}\nlabel: model\n```",
        """
        x.md:2:8: error: the label “model” is a name with a meaning of its own; \
        choose another; these are taken: baseline, data, model, params
        """
      ),
      (
        cellA + "\n" + cellA,
        "x.md:6:8: error: the label “a” is already in use; see line 2"
      ),
      (
        "```{probe}\nlabel: a\ncaption: [x]\n```",
        "x.md:3:10: error: the caption is a list of 1\n  expected: text in quotes"
      ),
      (
        "```{Probe}\nlabel: a\n```",
        """
        x.md:1:1: error: the info string “{Probe}” is not a cell kind
          expected: {kind} in lower-case letters, digits, “_” and “-”, with nothing after it
        """
      ),
      (
        "```{probe} now\nlabel: a\n```",
        """
        x.md:1:1: error: the info string “{probe} now” is not a cell kind
          expected: {kind} in lower-case letters, digits, “_” and “-”, with nothing after it
        """
      ),
      (
        "text\n\n```{probe}\nlabel: a\n",
        "x.md:3:1: error: the fence is not closed; end the block with a line of the same fence"
      ),
      (
        "> ```{probe}\n> label: a\n\n```",
        """
        x.md:1:3: error: the fence is not closed; end the block with a line of the same fence
        x.md:4:1: error: the fence is not closed; end the block with a line of the same fence
        """
      ),
      (
        "- ```{probe}\n  label: a\n```\n\n```\n",
        "x.md:1:3: error: the fence is not closed; end the block with a line of the same fence"
      ),
      (
        "````\n```\n",
        "x.md:1:1: error: the fence is not closed; end the block with a line of the same fence"
      ),
    ])
  func mistakes(source: String, message: String) throws {
    #expect(try messages(source).joined(separator: "\n") == message)
  }

  @Test("A reference to a cell that is itself broken is not reported as well.")
  func noEcho() throws {
    let found = try messages("See @fig-a and `{value} a.x`.\n\n```{probe}\nlabel: a\nx: [\n```\n")
    #expect(found.count == 1)
  }
}
