import Experiment
import Manuscript
import Testing

@Suite("Formulas")
struct FormulaTests {
  private func formula(_ text: String) throws -> Formula {
    try Formula.read(YAMLValue(.string(text), at: SourceLocation(file: "x.md", line: 1, column: 1)))
  }

  @Test(
    "A slope is the difference quotient.",
    arguments: [
      "a", "-a + 3", "a * b - b / a", "(a - b) / (a + b)", "2 * a * a * a", "abs(a - b)", "abs(b - a)", "min(a, b)",
      "max(a * a, 2 * b)", "max(a, b, 1) / min(a, 7)", "b", "4",
    ])
  func slopes(text: String) throws {
    let formula = try formula(text)
    let values = ["a": 1.7, "b": 0.6]
    for name in values.keys {
      func value(_ step: Double) throws -> Double {
        try formula.value { $0 == name ? (values[$0] ?? 0) + step : values[$0] }
      }
      let quotient = (try value(1e-6) - value(-1e-6)) / 2e-6
      let slope = try formula.slope(in: name) { values[$0] }
      #expect(abs(slope - quotient) < 1e-6, "\(text) in \(name): \(slope), \(quotient)")
    }
  }

  @Test("What is no arithmetic, or has no value, has no slope.")
  func refused() throws {
    #expect(throws: Problem.self) { try formula("a < b").slope(in: "a") { _ in 1 } }
    #expect(throws: Problem.self) { try formula("a + c").slope(in: "a") { $0 == "a" ? 1 : nil } }
  }
}
