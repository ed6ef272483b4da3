/// Reads the body of a `{claim}` cell.
struct ClaimReader {
  static let kind = "claim"
  static let keys = ["caption", "expect", "label", "says"]

  let cell: Cell
  let text: SourceText
  private(set) var problems: [Problem] = []

  init(_ cell: Cell, text: SourceText) {
    self.cell = cell
    self.text = text
  }

  mutating func read() -> Claim? {
    for entry in cell.body.entries ?? [] where !Self.keys.contains(entry.key.value) {
      problems.append(
        Problem.unknown(
          entry.key.value, kind: "key", in: "in {claim}", allowed: Self.keys, at: entry.key.location))
    }
    let says = says()
    let expect = expectations()
    guard problems.isEmpty, let says else { return nil }
    return Claim(label: cell.label.value, says: says, expect: expect, location: cell.location)
  }

  private mutating func says() -> String? {
    guard let value = cell.body["says"] else {
      problems.append(
        Problem(
          "the claim “\(cell.label.value)” does not say anything", at: cell.location,
          help: "add a line such as says: what is claimed, in a sentence"))
      return nil
    }
    guard let words = value.string, !words.allSatisfy(\.isWhitespace) else {
      problems.append(Problem("says is \(value.summary)", at: value.location, expected: "expected: a sentence"))
      return nil
    }
    return words
  }

  private mutating func expectations() -> [Located<Expression>] {
    guard let value = cell.body["expect"] else {
      problems.append(
        Problem(
          "the claim “\(cell.label.value)” expects nothing", at: cell.location,
          help: "add expect: with a list of comparisons, such as - probe.best.auroc > 0.8"))
      return []
    }
    let elements = value.list ?? [value]
    if elements.isEmpty {
      problems.append(
        Problem("expect is an empty list", at: value.location, expected: "expected: one comparison or more"))
    }
    return elements.compactMap { expectation($0) }
  }

  private mutating func expectation(_ value: YAMLValue) -> Located<Expression>? {
    guard let source = value.string else {
      problems.append(
        Problem(
          "\(value.summary) is not an expectation", at: value.location, expected: "expected: a comparison as text",
          help: value.entries == nil ? nil : "put an expression that holds a colon in quotes"))
      return nil
    }
    do {
      let expression = try Expression(source, locations: locations(of: source, at: value.location))
      guard expression.canBeClaimed else {
        problems.append(
          Problem(
            "“\(source)” is neither true nor false", at: expression.location,
            expected: "expected: a comparison, such as \(source) > 0"))
        return nil
      }
      return Located(expression, at: expression.location)
    } catch {
      problems.append(error)
      return nil
    }
  }

  /// Where the scalars of a YAML text stand, behind its quote or block indicator.
  private func locations(of source: String, at location: SourceLocation) -> [SourceLocation] {
    var start = SourceText.Position(line: location.line - 1, column: location.column - 1)
    switch text.scalar(at: start) {
    case "\"", "'": start.column += 1
    case "|", ">": start = text.contentStart(ofLine: start.line + 1, quotes: 0)
    default: break
    }
    return text.align(source, from: start).places.map(text.location)
  }
}
