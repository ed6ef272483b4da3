import Yams

/// Reads a piece of YAML that stands inside a Markdown file, with the places of its nodes in that file.
struct YAMLReader {
  /// More nodes than any experiment has; aliases that multiply beyond it are refused.
  private static let mostNodes = 100_000

  /// Where each line of the YAML starts in the file; one more for the line after the last.
  let origins: [SourceLocation]
  let text: String
  /// What `$name` stands for; `nil` leaves `$name` as text.
  let parameters: [YAMLEntry]?
  private(set) var problems: [Problem] = []
  private var nodes = 0

  /// - Parameters:
  ///   - text: The YAML.
  ///   - starts: Where each of its lines starts in the file, and where the line after the last starts.
  init(_ text: String, starts: [SourceLocation], parameters: [YAMLEntry]?) {
    self.text = text
    self.parameters = parameters
    self.origins = Self.yamlLines(of: text, starts: starts)
  }

  /// YAML also ends lines at U+0085, U+2028 and U+2029; Markdown and editors do not.
  private static func yamlLines(of text: String, starts: [SourceLocation]) -> [SourceLocation] {
    guard let last = starts.last else { return [] }
    var lines = [starts[0]]
    var (line, column) = (0, 0)
    for scalar in text.unicodeScalars {
      column += 1
      let start = starts[min(line, starts.count - 1)]
      switch scalar {
      case "\n":
        (line, column) = (line + 1, 0)
        lines.append(starts[min(line, starts.count - 1)])
      case "\u{85}", "\u{2028}", "\u{2029}":
        lines.append(SourceLocation(file: start.file, line: start.line, column: start.column + column))
      default: break
      }
    }
    if !text.hasSuffix("\n") { lines.append(last) }
    return lines
  }

  /// The YAML as a value; `nil` if it is malformed, which `problems` then says. Nothing at all reads as null.
  mutating func read() -> YAMLValue? {
    let root: Node?
    do {
      root = try Yams.Parser(yaml: text, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      problems.append(YAMLMessage(self).problem(error))
      return nil
    } catch {
      problems.append(Problem("malformed YAML: \(error)", at: place(1, 1)))
      return nil
    }
    guard let root else { return YAMLValue(.null, at: place(1, 1)) }
    let value = value(of: root)
    if nodes > Self.mostNodes {
      problems = [Problem("the YAML unfolds to more than \(Self.mostNodes) values", at: place(1, 1))]
    }
    return problems.isEmpty ? value : nil
  }

  /// The place in the file of a 1-based line and column of the YAML.
  func place(_ line: Int, _ column: Int) -> SourceLocation {
    let origin = origins[max(0, min(line, origins.count) - 1)]
    let column = line > origins.count ? origin.column : origin.column + column - 1
    return SourceLocation(file: origin.file, line: origin.line, column: column)
  }

  private func place(_ mark: Mark?) -> SourceLocation { place(mark?.line ?? 1, mark?.column ?? 1) }

  private mutating func value(of node: Node) -> YAMLValue {
    nodes += 1
    let location = place(node.mark)
    guard nodes <= Self.mostNodes else { return YAMLValue(.null, at: location) }
    switch node {
    case .scalar(let scalar): return value(of: scalar, at: location)
    case .sequence(let sequence): return YAMLValue(.list(sequence.map { value(of: $0) }), at: location)
    case .mapping(let mapping): return YAMLValue(.map(entries(of: mapping)), at: location)
    case .alias:
      problems.append(Problem("an alias refers to nothing", at: location))
      return YAMLValue(.null, at: location)
    }
  }

  private mutating func entries(of mapping: Node.Mapping) -> [YAMLEntry] {
    var entries: [YAMLEntry] = []
    var seen: [String: SourceLocation] = [:]
    for (key, node) in mapping {
      let location = place(key.mark)
      guard case .scalar(let scalar) = key else {
        problems.append(Problem("a key is not plain text", at: location, help: "quote a text that starts with [ or {"))
        continue
      }
      if let first = seen[scalar.string] {
        problems.append(Self.duplicate(scalar.string, at: location, first: first))
        continue
      }
      seen[scalar.string] = location
      entries.append(YAMLEntry(key: Located(scalar.string, at: location), value: value(of: node)))
    }
    return entries
  }

  static func duplicate(_ key: String, at location: SourceLocation, first: SourceLocation) -> Problem {
    Problem("the key “\(key)” appears twice", at: location, help: "its first place is line \(first.line)")
  }

  private mutating func value(of scalar: Node.Scalar, at location: SourceLocation) -> YAMLValue {
    let text = scalar.string
    guard scalar.style == .plain, scalar.tag.rawValue != Tag.Name.str.rawValue else {
      return YAMLValue(.string(text), at: location, source: text)
    }
    guard let parameters, let name = Self.parameterName(text) else {
      return YAMLValue(ScalarSchema.content(of: text), at: location, source: text)
    }
    if let entry = parameters.first(where: { $0.key.value == name }) {
      return YAMLValue(entry.value.content, at: location, source: entry.value.source)
    }
    var problem = Problem.unknown(
      name, kind: "parameter", allowed: parameters.map(\.key.value), at: location)
    if problem.help == nil {
      problem = Problem(
        problem.message, at: location, expected: problem.expected,
        help: "add it to params in the front matter, or quote “\(text)” if it is text")
    }
    problems.append(problem)
    return YAMLValue(.null, at: location, source: text)
  }

  /// The `folds` of a scalar that is exactly `$folds`.
  private static func parameterName(_ text: String) -> String? {
    guard text.first == "$" else { return nil }
    let name = text.dropFirst()
    guard let first = name.unicodeScalars.first, first.isLetter else { return nil }
    return name.unicodeScalars.allSatisfy { $0.isWord || $0 == "-" } ? String(name) : nil
  }
}
