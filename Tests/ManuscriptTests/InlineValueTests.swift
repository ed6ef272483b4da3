import Manuscript
import Testing

@Suite("Inline values and references")
struct InlineValueTests {
  @Test("Values are found where they stand: soft-wrapped, in lists, quotes, headings, tables and emphasis.")
  func places() throws {
    let document = try parse(
      cellA + """
        # At `{value} a.one`

        Ünï `code` and ``{value} a.two`` then \\`{value} not\\` **bold
        `{value} a.three | %.3f`** and `{value}
        a.four
        | %d`.

        - item
          - deeper with
            wrapped `{value} a.five`
        > quoted
        > > twice `{value}
        > > a.six` and
        lazy `{value} a.seven` @fig-a

        | Name | Value |
        |:-----|------:|
        | `{value} a.eight` | x `{value} a.nine | %.2f` @tbl-a |
        | `{value} a.ten \\| %d` | @cell-a |
        """)
    #expect(
      document.inlineValues.map { "\($0.location.line):\($0.location.column) \($0.expression)" } == [
        "4:7 a.one", "6:18 a.two", "7:2 a.three", "7:33 a.four", "13:14 a.five", "15:12 a.six", "17:7 a.seven",
        "21:4 a.eight", "21:26 a.nine", "22:4 a.ten",
      ])
    #expect(
      document.inlineValues.map { "\($0.expression.location.line):\($0.expression.location.column)" } == [
        "4:15", "6:26", "7:10", "8:1", "13:22", "16:5", "17:15", "21:12", "21:34", "22:12",
      ])
    #expect(document.inlineValues.compactMap(\.format?.source) == ["%.3f", "%d", "%.2f", "%d"])
    #expect(
      document.references.map { "\($0.location.line):\($0.location.column) \($0.source)" } == [
        "17:24 @fig-a", "21:49 @tbl-a", "22:27 @cell-a",
      ])
  }

  @Test("A mistake in a wrapped expression is placed on its own line.")
  func wrappedMistake() throws {
    #expect(
      try messages("> text `{value} 1 +\n>   / 2`") == [
        "x.md:2:5: error: unexpected “/”\n  expected: a number, a name or “(”"
      ])
  }

  @Test(
    "Each mistake has its message and place.",
    arguments: [
      (
        "`{value}`",
        "x.md:1:9: error: the expression is empty\n  expected: a name, such as probe.best.auroc"
      ),
      (
        "x `{value} b.c`",
        "x.md:1:12: error: unknown name “b”\n  allowed: a, baseline, data, model, params"
      ),
      (
        "x `{value} modle.layers`",
        "x.md:1:12: error: unknown name “modle”; did you mean “model”?\n  allowed: a, baseline, data, model, params"
      ),
      (
        "`{value} a-1`",
        """
        x.md:1:10: error: unknown name “a-1”; to subtract, put spaces around “-”
          allowed: a, baseline, data, model, params
        """
      ),
      ("`{value} params`", "x.md:1:10: error: params is not a value; name one, such as params.folds"),
      ("`{value} params.x`", "x.md:1:10: error: unknown parameter “x”"),
      ("`{vlaue} a.b`", "x.md:1:2: error: unknown inline {vlaue}; did you mean “{value}”?"),
      ("See @fig-aa.", "x.md:1:5: error: unknown label “aa” in @fig-aa; did you mean “a”?\n  allowed: a"),
      ("See @claim-a.", "x.md:1:5: error: @claim-a refers to a {probe} cell; refer to it by @fig- or @tbl-"),
    ])
  func mistakes(prose: String, message: String) throws {
    #expect(try messages("\(prose)\n\n\(cellA)") == [message])
  }

  @Test("A reference to a claim by its figure says how to refer to it.")
  func claimAsFigure() throws {
    let claim = "```{claim}\nlabel: c\nsays: It holds.\nexpect: 1 < 2\n```\n"
    #expect(
      try messages("@tbl-c\n\n\(claim)") == [
        "x.md:1:1: error: @tbl-c refers to a {claim} cell; refer to it by @claim-"
      ])
    #expect(try parse("@claim-c\n\n\(claim)").references.map(\.kind) == [.claim])
  }

  @Test("A figure or table of a cell that has several is meant by its name; a full stop begins none.")
  func named() throws {
    let document = try parse(
      "(@fig-a.by-order), @tbl-a.two. See @fig-a.\nOr @fig-a... and @cell-a.x @fig-a.-b\n\n\(cellA)")
    #expect(
      document.references.map(\.source) == ["@fig-a.by-order", "@tbl-a.two", "@fig-a", "@fig-a", "@cell-a", "@fig-a"])
    #expect(document.references.map(\.name) == ["by-order", "two", nil, nil, nil, nil])
    #expect(try messages("@fig-b.x\n\n\(cellA)").first?.contains("unknown label “b” in @fig-b.x") == true)
  }

  @Test("What only looks like a value or a reference stays text.")
  func lookAlikes() throws {
    let document = try parse(
      "`{probe} x` me@fig-x.org \\@fig-a [see @fig-a](u) `@fig-a` &#64;fig-a @fig- @figure `{values}` @fig-a_\n\n"
        + cellA)
    #expect(document.inlineValues.isEmpty)
    #expect(document.references.map(\.location) == [place(1, 95)])
    let written = document.html(value: { _ in "" }, reference: { _ in "<R>" }, cell: { _ in "" })
    #expect(written.contains("@fig- @figure <code>{values}</code> <R>_</p>"))
  }

  @Test("Parameters can be quoted.")
  func parameters() throws {
    #expect(try parse("---\nparams: {folds: 5}\n---\n`{value} params.folds | %d`").inlineValues.count == 1)
  }
}
