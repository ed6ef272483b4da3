import Manuscript
import Testing

@Suite("Expressions")
struct ExpressionTests {
  static let values: [String: ExpressionValue] = [
    "a": .number(2), "b": .number(3), "a-b": .number(10), "text": .string("x"), "yes": .bool(true),
    "e": .quantity(Quantity(0.8, low: 0.7, high: 0.9)), "bad": .number(.nan),
    "list": .list([.number(4), .number(5), .quantity(Quantity(6, low: 5, high: 7))]), "empty": .list([]),
    "p.best.layer": .number(3), "p.names[\"odd name\"]": .number(1), "mixed": .list([.string("x")]),
  ]

  private func value(_ text: String) throws -> ExpressionValue {
    try Expression(text, at: place(1, 1)).evaluate { Self.values[$0.description] }
  }

  private func verdict(_ text: String) throws -> Verdict {
    try Expression(text, at: place(1, 1)).verdict { Self.values[$0.description] }
  }

  @Test(
    "Arithmetic binds as usual.",
    arguments: [
      ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 2 - 3", 5), ("12 / 2 / 3", 2), ("-a * b", -6), ("- -1", 1),
      ("a-b", 10), ("a - b", -1), ("a -b", -1), ("a-1 + 0", 1), ("2 * a.value", 4), ("1e3 + .0e0 + 0.5", 1000.5),
      ("min(3, a, b)", 2), ("max(list)", 6), ("abs(a - b)", 1), ("list[0] + list[-2]", 9), ("list[2].high", 7),
      ("p.best.layer + p.names[\"odd name\"] + p.names['odd name']", 5), ("e.low + e.high", 1.6),
    ])
  func arithmetic(text: String, expected: Double) throws {
    // `a-1` is one name, so it has to be spaced; `.0e0` has no whole part.
    let spaced = text.replacing("a-1", with: "a - 1").replacing(".0e0", with: "0.0e0")
    let found = try value(spaced)
    guard case .quantity(let quantity) = found else {
      Issue.record("\(found) is not a number")
      return
    }
    #expect(abs(quantity.value - expected) < 1e-12)
  }

  @Test(
    "Comparisons, and what joins them, give verdicts.",
    arguments: [
      ("a < b", Verdict.supported), ("a > b", .refuted), ("a <= 2", .supported), ("a >= 2.5", .refuted),
      ("a == 2", .supported), ("a != 2", .refuted), ("e > 0.5", .supported), ("e > 0.95", .refuted),
      ("e > 0.8", .inconclusive), ("e >= 0.7", .supported), ("e > 0.7", .inconclusive), ("e < 0.7", .refuted),
      ("e <= 0.7", .inconclusive), ("e == 0.8", .inconclusive), ("e == 0.5", .refuted), ("e != 0.5", .supported),
      ("bad > 1", .inconclusive), ("bad == bad", .inconclusive), ("min(bad, 1) < 2", .inconclusive),
      ("bad - 1 < 0", .inconclusive), ("1 / 0 > 5", .inconclusive), ("0 / 0 > 5", .inconclusive),
      ("1 / (e - 0.8) > 0", .inconclusive), ("text == \"x\"", .supported), ("text != 'x'", .refuted),
      ("yes", .supported), ("yes == false", .refuted), ("not yes", .refuted), ("true and a < b", .supported),
      ("false or e > 0.8", .inconclusive), ("true or e > 0.8", .supported), ("false and e > 0.8", .refuted),
      ("true and e > 0.8", .inconclusive), ("not e > 0.8", .inconclusive), ("true or false and false", .supported),
      ("not false and false", .refuted),
    ])
  func verdicts(text: String, expected: Verdict) throws {
    #expect(try verdict(text) == expected)
  }

  @Test("An expression of more terms than anyone writes is refused at the first that is too many.")
  func tooLong() throws {
    for (text, column) in [
      (String(repeating: "1+", count: 1_000) + "1", 2_001), (String(repeating: "a*", count: 150_000) + "a", 2_001),
      ("a" + String(repeating: " and a", count: 150_000), 6_001),
      // The function counts, too.
      ("max(" + String(repeating: "1,", count: 150_000) + "1)", 2_003),
    ] {
      let problem = try #require(throws: Problem.self) { try Expression(text, at: place(1, 1)) }
      #expect(problem.description == "x.md:1:\(column): error: the expression has more than 1000 terms")
    }
  }

  @Test("As many terms as an expression may have are evaluated, also where every bracket that it may have is open.")
  func longest() throws {
    #expect(try value(String(repeating: "1+", count: 999) + "1") == .number(1_000))
    let nested = String(repeating: "1-(", count: 99) + String(repeating: "1+", count: 900) + "1"
    #expect(try value(nested + String(repeating: ")", count: 99)) == .number(-900))
    #expect(try verdict(String(repeating: "not yes or ", count: 999) + "yes") == .supported)
  }

  @Test("The verdict on several is the worst of them.")
  func combined() {
    #expect(Verdict.combined([.supported, .inconclusive, .refuted]) == .refuted)
    #expect(Verdict.combined([.supported, .inconclusive]) == .inconclusive)
    #expect(Verdict.combined([.supported]) == .supported)
    #expect(Verdict.combined([]) == .supported)
  }

  @Test("Interval arithmetic holds every value that the operands' intervals allow.")
  func intervals() throws {
    var generator = SystemRandomNumberGenerator()
    let ends: [Double] = [-3, -1, -0.5, 0, 0.25, 1, 2, 7]
    for _ in 0..<500 {
      let quantities = try (0..<2).map { _ in
        let pair = [
          try #require(ends.randomElement(using: &generator)), try #require(ends.randomElement(using: &generator)),
        ]
        .sorted()
        return Quantity((pair[0] + pair[1]) / 2, low: pair[0], high: pair[1])
      }
      let (a, b) = (quantities[0], quantities[1])
      let lowA = try #require(a.low), highA = try #require(a.high), lowB = try #require(b.low),
        highB = try #require(b.high)
      let (x, y) = (Double.random(in: lowA...highA), Double.random(in: lowB...highB))
      func holds(_ quantity: Quantity, _ value: Double) -> Bool {
        guard let low = quantity.low, let high = quantity.high else { return false }
        return value.isNaN || (low - 1e-9 <= value && value <= high + 1e-9)
      }
      #expect(holds(a + b, x + y))
      #expect(holds(a - b, x - y))
      #expect(holds(a * b, x * y))
      #expect(holds(a / b, x / y))
      #expect(holds(-a, -x))
      #expect(holds(a.magnitude, abs(x)))
      #expect(holds(.minimum(a, b), min(x, y)))
      #expect(holds(.maximum(a, b), max(x, y)))
    }
  }

  @Test("An expression tells the names that it uses, and where.")
  func names() throws {
    let expression = try Expression("max(a.b[3].c, d) > -e[-1] and not f['g h']", at: place(4, 10))
    #expect(expression.names.map(\.value.description) == ["a.b[3].c", "d", "e[-1]", "f[\"g h\"]"])
    #expect(expression.names.map(\.location.column) == [14, 24, 30, 44])
    #expect(expression.names.allSatisfy { $0.location.line == 4 })
    #expect(expression.canBeClaimed)
    #expect(try !Expression("a + 1", at: place(1, 1)).canBeClaimed)
  }

  @Test(
    "Each mistake has its message and column.",
    arguments: [
      ("", "x.md:1:1: error: the expression is empty\n  expected: a name, such as probe.best.auroc"),
      ("a <", "x.md:1:4: error: the expression ends here\n  expected: a number, a name or “(”"),
      ("a b", "x.md:1:3: error: unexpected word “b”\n  expected: an operator or the end of the expression"),
      ("a 1.5", "x.md:1:3: error: unexpected number 1.500\n  expected: an operator or the end of the expression"),
      ("a 'x'", "x.md:1:3: error: unexpected text “x”\n  expected: an operator or the end of the expression"),
      ("a = b", "x.md:1:3: error: unexpected “=”\n  expected: “==” to compare"),
      ("a # b", "x.md:1:3: error: unexpected “#”\n  expected: an operator or the end of the expression"),
      ("(a + b", "x.md:1:7: error: the expression ends here\n  expected: “)” to close the bracket at column 1"),
      ("a[1", "x.md:1:4: error: the expression ends here\n  expected: “]” to close the bracket at column 2"),
      ("a[1.5]", "x.md:1:3: error: unexpected number 1.500\n  expected: a whole number"),
      ("a[b]", "x.md:1:3: error: unexpected word “b”\n  expected: an index, such as [3] or [\"name\"]"),
      ("a.3", "x.md:1:3: error: unexpected number 3\n  expected: a name after “.”"),
      ("a == 'x", "x.md:1:6: error: a quoted text has no closing quote"),
      (
        "a 'x",
        "x.md:1:3: error: a quoted text has no closing quote\n  expected: an operator or the end of the expression"
      ),
      (
        "1 < a < 3",
        "x.md:1:7: error: a comparison cannot be chained; write “a < b and b < c” instead of “a < b < c”"
      ),
      ("maxi(1)", "x.md:1:1: error: unknown function “maxi”; did you mean “max”?\n  allowed: abs, max, min"),
      ("abs(1, 2)", "x.md:1:1: error: abs has 2 arguments\n  expected: one argument"),
      ("and", "x.md:1:1: error: unexpected word “and”\n  expected: a number, a name or “(”"),
      (String(repeating: "(", count: 200), "x.md:1:101: error: the expression is nested more than 100 deep"),
      (String(repeating: "not ", count: 200), "x.md:1:405: error: the expression is nested more than 100 deep"),
    ])
  func mistakes(text: String, message: String) throws {
    let problem = try #require(throws: Problem.self) { try Expression(text, at: place(1, 1)) }
    #expect(problem.description == message)
  }

  @Test(
    "What has no value says why and where.",
    arguments: [
      ("1 + nope.x", "x.md:1:5: error: nothing has the name nope.x"),
      ("1 + a-c", "x.md:1:5: error: nothing has the name a-c; to subtract, put spaces around “-”"),
      ("a.low", "x.md:1:1: error: a has no interval, so no .low"),
      ("a.size", "x.md:1:1: error: nothing has the name a.size; a is the number 2"),
      ("list[3]", "x.md:1:1: error: the index 3 of list is outside its 3 values"),
      ("list.x", "x.md:1:1: error: nothing has the name list.x; list is a list of 3"),
      ("text + 1", "x.md:1:1: error: the text “x” stands where a number is needed"),
      ("text < 1", "x.md:1:1: error: the text “x” and the number 1 cannot be compared"),
      ("text < 'y'", "x.md:1:1: error: the text “x” and the text “y” have no order\n  expected: == or !="),
      ("not a", "x.md:1:5: error: the number 2 is neither true nor false\n  expected: a comparison"),
      ("max(empty)", "x.md:1:1: error: max of an empty list"),
      ("max(mixed)", "x.md:1:5: error: the text “x” stands in a list of numbers"),
      ("abs(list)", "x.md:1:1: error: abs of a list of 3\n  expected: one number"),
    ])
  func noValue(text: String, message: String) throws {
    let problem = try #require(throws: Problem.self) { try value(text) }
    #expect(problem.description == message)
  }
}
