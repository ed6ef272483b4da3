import Yams

/// Says in plain words what the YAML parser found wrong.
struct YAMLMessage {
  private let reader: YAMLReader
  private let lines: [Substring]

  init(_ reader: YAMLReader) {
    self.reader = reader
    self.lines = reader.text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  func problem(_ error: YamlError) -> Problem {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return syntax(problem, context: context, mark: mark)
    case .duplicatedKeysInMapping(let keys, let context):
      return duplicate(keys.first ?? "", first: context.mark)
    case .reader(let problem, let offset, let value, _):
      let place = offset.map(place(ofCharacter:)) ?? reader.place(1, 1)
      return Problem("malformed YAML: \(problem) (U+\(String(value, radix: 16, uppercase: true)))", at: place)
    default:
      return Problem("malformed YAML: \(error)", at: reader.place(1, 1))
    }
  }

  private func syntax(_ problem: String, context: YamlError.Context?, mark: Mark) -> Problem {
    let place = reader.place(mark.line, mark.column)
    let line = lines.indices.contains(mark.line - 1) ? Array(lines[mark.line - 1].unicodeScalars) : []
    let found = line.indices.contains(mark.column - 1) ? line[mark.column - 1] : nil
    if let tab = line.prefix(while: { $0 == " " || $0 == "\t" }).firstIndex(of: "\t"), mark.column >= tab + 1 {
      return Problem("a tab in the indentation", at: reader.place(mark.line, tab + 1), help: "indent with spaces")
    }
    if let found, problem == "found character that cannot start any token" {
      return Problem("malformed YAML: “\(found)” cannot start a value", at: place, help: "put the text in quotes")
    }
    if problem == "but found another document" {
      return Problem("a second YAML document starts here", at: place, help: "a cell holds one map; remove “---”")
    }
    var message = "malformed YAML: \(problem)"
    if let context {
      message += " \(context.text)"
      if context.mark.line != mark.line { message += " (from line \(reader.place(context.mark.line, 1).line) on)" }
    }
    return Problem(message, at: place, help: Self.help[problem])
  }

  private static let help = [
    "mapping values are not allowed in this context": "put text that holds a colon and a space in quotes",
    "could not find expected ':'": "a key is followed by a colon and a space",
    "did not find expected key": "keys of one map start in the same column; quote text that starts with a quote",
    "did not find expected '-' indicator": "entries of one list start in the same column",
    "did not find expected ',' or ']'": "close the list with “]”",
    "did not find expected ',' or '}'": "close the map with “}”",
    "found unexpected end of stream": "close the quote or bracket",
  ]

  /// The parser names only the first place of a key; its second is the next line that starts with it in that column.
  private func duplicate(_ key: String, first: Mark) -> Problem {
    let firstPlace = reader.place(first.line, first.column)
    for (index, line) in lines.enumerated().dropFirst(first.line) {
      let scalars = Array(line.unicodeScalars)
      let indentation = scalars.prefix { $0 == " " }.count
      guard indentation < scalars.count else { continue }
      if indentation < first.column - 1, scalars[indentation] != "-" { break }
      let rest = String(String.UnicodeScalarView(scalars.dropFirst(first.column - 1)))
      if ["\(key):", "\"\(key)\":", "'\(key)':"].contains(where: rest.hasPrefix) {
        return YAMLReader.duplicate(key, at: reader.place(index + 1, first.column), first: firstPlace)
      }
    }
    return Problem("the key “\(key)” appears twice in a map", at: firstPlace)
  }

  private func place(ofCharacter offset: Int) -> SourceLocation {
    let before = reader.text.prefix(offset).split(separator: "\n", omittingEmptySubsequences: false)
    return reader.place(max(1, before.count), (before.last?.unicodeScalars.count ?? 0) + 1)
  }
}
