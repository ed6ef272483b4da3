import Manuscript
import Testing

@Suite("Formats of inline values")
struct NumberFormatTests {
  @Test(
    "A format writes what printf writes.",
    arguments: [
      ("%.3f", ExpressionValue.number(0.93751), "0.938"), ("%d", .number(12), "12"),
      ("%.1f%%", .number(93.75), "93.8%"),
      ("%+.2f points", .number(1), "+1.00 points"), ("%05d", .number(42), "00042"), ("%g", .number(0.5), "0.5"),
      ("%.1e", .number(12345), "1.2e+04"), ("%s", .string("x"), "x"), ("<%-4s>", .bool(true), "<true>"),
      ("%4s", .string("ab"), "  ab"), ("%-4s|", .string("ab"), "ab  |"), ("%s", .verdict(.refuted), "refuted"),
      ("%.2f", .quantity(Quantity(0.8, low: 0.7, high: 0.9)), "0.80"),
    ])
  func writes(format: String, value: ExpressionValue, expected: String) throws {
    #expect(try NumberFormat(format, at: place(1, 1)).string(for: value) == expected)
  }

  @Test(
    "A format that printf would not read safely is a problem.",
    arguments: [
      ("", "the format “” has no conversion"), ("100%%", "the format “100%%” has no conversion"),
      ("%d of %d", "the format “%d of %d” has more than one conversion"),
      ("%n", "the format “%n” has an unknown conversion"), ("%", "the format “%” has an unknown conversion"),
      ("%x", "the format “%x” has an unknown conversion"), ("%*d", "the format “%*d” has an unknown conversion"),
      ("%999f", "the format “%999f” has an unknown conversion"),
      ("%1.2.3f", "the format “%1.2.3f” has an unknown conversion"),
    ])
  func refuses(format: String, message: String) throws {
    let problem = try #require(throws: Problem.self) { try NumberFormat(format, at: place(1, 1)) }
    #expect(problem.message == message)
    #expect(problem.expected == NumberFormat.expectation)
  }

  @Test("A value that does not fit its format says so.")
  func mismatches() throws {
    for (format, value, message) in [
      ("%d", ExpressionValue.number(1.5), "the format “%d” cannot write the number 1.500"),
      ("%d", .number(.nan), "the format “%d” cannot write the number not a number"),
      ("%.3f", .string("x"), "the format “%.3f” cannot write the text “x”"),
      ("%s", .list([]), "the format “%s” cannot write a list of 0"),
    ] {
      let parsed = try NumberFormat(format, at: place(1, 1))
      let mismatch = try #require(throws: NumberFormat.Mismatch.self) { try parsed.string(for: value) }
      #expect(mismatch.description == message)
    }
  }

  @Test(
    "Without a format, whole numbers have no decimals and others three that count.",
    arguments: [
      (Quantity(12), "12"), (Quantity(-3), "-3"), (Quantity(0), "0"), (Quantity(0.93751), "0.938"),
      (Quantity(1, low: 0.9, high: 1), "1.000"), (Quantity(12.3456), "12.346"), (Quantity(0.012345), "0.0123"),
      (Quantity(0.0012345), "0.00123"), (Quantity(0.00012345), "1.23e-04"), (Quantity(-0.5), "-0.500"),
      (Quantity(1e15), "1.00e+15"), (Quantity(.infinity), "∞"), (Quantity(-.infinity), "−∞"),
      (Quantity(.nan), "not a number"),
    ])
  func standard(quantity: Quantity, expected: String) {
    #expect(quantity.formatted() == expected)
  }
}
