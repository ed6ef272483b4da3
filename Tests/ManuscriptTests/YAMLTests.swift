import Manuscript
import Testing

@Suite("YAML in cells")
struct YAMLTests {
  private func body(_ yaml: String, params: String = "{}") throws -> YAMLValue {
    let document = try parse("---\nparams: \(params)\n---\n```{x}\nlabel: a\n\(yaml)\n```\n")
    return try #require(document["a"]?.body)
  }

  @Test(
    "Scalars follow the core schema of YAML 1.2.",
    arguments: [
      ("~", "null"), ("", "null"), ("true", "true"), ("False", "false"), ("yes", "\"yes\""), ("1:30", "\"1:30\""),
      ("12", "12"), ("-0", "0"), ("+7", "7"), ("0x1F", "31"), ("0o17", "15"), ("1.0", "1.0"), ("1e3", "1000.0"),
      (".5", "0.5"), ("5.", "5.0"), ("1e", "\"1e\""), (".", "\".\""), (".inf", "{\"$number\":\"inf\"}"),
      ("-.INF", "{\"$number\":\"-inf\"}"), (".nan", "{\"$number\":\"nan\"}"), ("\"12\"", "\"12\""), ("'~'", "\"~\""),
      ("!!str 12", "\"12\""), ("2026-01-01", "\"2026-01-01\""), ("99999999999999999999", "1e+20"),
      ("[1, [a], {b: c}]", "[1,[\"a\"],{\"b\":\"c\"}]"), ("\"a\\n\\\"\\\\\\x01\"", "\"a\\n\\\"\\\\\\u0001\""),
    ])
  func scalars(written: String, json: String) throws {
    #expect(try body("v: \(written)")["v"]?.canonicalJSON == json)
  }

  @Test("Canonical JSON sorts keys and forgets places and comments; maps keep the order of the text.")
  func canonical() throws {
    let one = try body("b: 1\nA: 2\n# note\na: {z: 1, y: 2}")
    let two = try body("\na: {y: 2, z: 1}\nA: 2\nb: 1")
    #expect(one.canonicalJSON == #"{"A":2,"a":{"y":2,"z":1},"b":1,"label":"a"}"#)
    #expect(one.canonicalJSON == two.canonicalJSON)
    #expect(one.entries?.map(\.key.value) == ["label", "b", "A", "a"])
    #expect(one != two)
  }

  @Test("A scalar that is exactly $name becomes the parameter's typed value, where it stands; quoted it is text.")
  func parameters() throws {
    let value = try body(
      "n: $folds\nl: [$list, x$folds]\nq: \"$folds\"\nprice: $5", params: "{folds: 5, list: [1, two]}")
    #expect(value["n"]?.int == 5)
    #expect(value["n"]?.location == place(6, 4))
    #expect(value["n"]?.source == "5")
    #expect(value["l"]?.canonicalJSON == #"[[1,"two"],"x$folds"]"#)
    #expect(value["q"]?.string == "$folds")
    #expect(value["price"]?.string == "$5")
  }

  @Test(
    "Each mistake in YAML has its message and its place in the Markdown file.",
    arguments: [
      ("\tx: 1", "x.md:6:1: error: a tab in the indentation; indent with spaces"),
      ("x:\n  \ty: 1", "x.md:7:3: error: a tab in the indentation; indent with spaces"),
      ("x: @y", "x.md:6:4: error: malformed YAML: “@” cannot start a value; put the text in quotes"),
      (
        "x: a: b",
        """
        x.md:6:5: error: malformed YAML: mapping values are not allowed in this context; \
        put text that holds a colon and a space in quotes
        """
      ),
      (
        "x: [a, b",
        """
        x.md:7:1: error: malformed YAML: did not find expected ',' or ']' while parsing a flow sequence \
        (from line 6 on); close the list with “]”
        """
      ),
      (
        "x: \"a",
        """
        x.md:7:1: error: malformed YAML: found unexpected end of stream while scanning a quoted scalar \
        (from line 6 on); close the quote or bracket
        """
      ),
      (
        "just text\nmore",
        """
        x.md:7:1: error: malformed YAML: could not find expected ':' while scanning a simple key \
        (from line 6 on); a key is followed by a colon and a space
        """
      ),
      (
        "  x: 1",
        """
        x.md:6:4: error: malformed YAML: mapping values are not allowed in this context; \
        put text that holds a colon and a space in quotes
        """
      ),
      ("x: *nope", "x.md:6:4: error: malformed YAML: found undefined alias"),
      ("x: 1\ny: 2\nx: 3", "x.md:8:1: error: the key “x” appears twice; its first place is line 6"),
      ("m:\n  x: 1\n  x: 2", "x.md:8:3: error: the key “x” appears twice; its first place is line 7"),
      ("m: {x: 1, x: 2}", "x.md:6:5: error: the key “x” appears twice in a map"),
      ("1: a\n\"1\": b", "x.md:7:1: error: the key “1” appears twice; its first place is line 6"),
      ("? [a]\n: 1", "x.md:6:3: error: a key is not plain text; quote a text that starts with [ or {"),
      ("x: $fold", "x.md:6:4: error: unknown parameter “fold”; did you mean “folds”?\n  allowed: folds"),
      (
        "x: $zzzzz",
        """
        x.md:6:4: error: unknown parameter “zzzzz”; \
        add it to params in the front matter, or quote “$zzzzz” if it is text
          allowed: folds
        """
      ),
      (
        "---\nx: 1",
        "x.md:6:1: error: a second YAML document starts here; a cell holds one map; remove “---”"
      ),
    ])
  func mistakes(yaml: String, message: String) throws {
    let found = try messages("---\nparams: {folds: 5}\n---\n```{x}\nlabel: a\n\(yaml)\n```\n")
    #expect(found == [message])
  }

  @Test("Aliases stand for their anchor; a few lines that unfold to millions of values are refused.")
  func aliases() throws {
    #expect(try body("x: &n [1, 2]\ny: *n")["y"]?.canonicalJSON == "[1,2]")
    let lines = (1...9).map {
      "l\($0): &l\($0) [" + Array(repeating: "*l\($0 - 1)", count: 10).joined(separator: ", ") + "]"
    }
    let found = try messages("```{x}\nlabel: a\nl0: &l0 z\n" + lines.joined(separator: "\n") + "\n```\n")
    #expect(found == ["x.md:2:1: error: the YAML unfolds to more than 100000 values"])
  }

  @Test("Lines that only YAML ends do not move places.")
  func otherLineEnds() throws {
    let value = try body("x: \"a\u{2028}b\"\ny: 1")
    #expect(value["y"]?.location == place(7, 4))
  }
}
