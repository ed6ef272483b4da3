/// Reads a fenced block as a cell, and says everything that is wrong with it.
struct CellReader {
  let kind: String
  let source: String
  let starts: [SourceLocation]
  let location: SourceLocation
  private(set) var problems: [Problem] = []

  init(kind: String, source: String, starts: [SourceLocation], location: SourceLocation) {
    self.kind = kind
    self.source = source
    self.starts = starts
    self.location = location
  }

  mutating func read(parameters: [YAMLEntry]) -> Cell? {
    var reader = YAMLReader(source, starts: starts, parameters: parameters)
    let body = reader.read()
    problems += reader.problems
    guard let body else { return nil }
    guard let entries = body.entries else {
      let found = body.isNull ? "is empty" : "holds \(body.summary)"
      problems.append(
        Problem(
          "the body of {\(kind)} \(found)", at: body.isNull ? location : body.location,
          expected: "expected: keys with values, such as label: my-\(kind)"))
      return nil
    }
    let label = label(entries)
    let caption = caption(entries)
    guard let label else { return nil }
    return Cell(kind: kind, label: label, caption: caption, body: body, source: source, location: location)
  }

  private mutating func label(_ entries: [YAMLEntry]) -> Located<String>? {
    guard let entry = entries.first(where: { $0.key.value == "label" }) else {
      let near = entries.first { nearest($0.key.value, among: ["label"]) != nil }
      problems.append(
        Problem(
          "{\(kind)} has no label", at: near?.key.location ?? location, expected: Self.labelRule,
          help: near == nil ? "add a line such as label: my-\(kind)" : "did you mean “label”?"))
      return nil
    }
    let text = entry.value.string ?? entry.value.source
    guard entry.value.string != nil, Self.isLabel(text) else {
      problems.append(
        Problem("\(entry.value.summary) is not a label", at: entry.value.location, expected: Self.labelRule))
      return nil
    }
    if Expression.reservedWords.contains(text) {
      problems.append(
        Problem("the label “\(text)” is a word of the expression language", at: entry.value.location))
      return nil
    }
    return Located(text, at: entry.value.location)
  }

  private static let labelRule =
    "expected: lower-case letters, digits, and “-” or “_” between them, starting with a letter"

  private static func isLabel(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.first, let last = scalars.last, ("a"..."z").contains(first) else { return false }
    let isPlain = scalars.allSatisfy { ("a"..."z").contains($0) || $0.isDigit || $0 == "_" || $0 == "-" }
    return isPlain && last != "-" && !text.contains("--")
  }

  private mutating func caption(_ entries: [YAMLEntry]) -> Located<String>? {
    guard let value = entries.first(where: { $0.key.value == "caption" })?.value else { return nil }
    guard let text = value.string else {
      problems.append(
        Problem("the caption is \(value.summary)", at: value.location, expected: "expected: text in quotes"))
      return nil
    }
    return Located(text, at: value.location)
  }

  /// What the label of a malformed cell most likely is.
  var guessedLabel: String? {
    for line in source.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
      if parts.count == 2, parts[0] == "label" { return String(parts[1].prefix { !$0.isWhitespace }) }
    }
    return nil
  }
}
