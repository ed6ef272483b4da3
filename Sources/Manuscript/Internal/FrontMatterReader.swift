/// Reads the front matter of a document and applies overrides to it.
struct FrontMatterReader {
  let text: SourceText
  let overrides: [String: String]
  private(set) var frontMatter = FrontMatter()
  private(set) var problems: [Problem] = []
  /// The first line (from 0) behind the front matter.
  private(set) var bodyLine = 0

  init(_ text: SourceText, overrides: [String: String]) {
    self.text = text
    self.overrides = overrides
  }

  mutating func read() {
    if let body = body() {
      if let entries = body.entries {
        for entry in entries { read(entry) }
      } else if !body.isNull {
        problems.append(
          Problem(
            "the front matter holds \(body.summary)", at: body.location,
            expected: "expected: keys with values, such as title: What we ask"))
      }
    }
    for (key, value) in overrides.sorted(by: { $0.key < $1.key }) { override(key, with: value) }
  }

  /// The YAML between the two `---` lines; `nil` if there is none or it is malformed.
  private mutating func body() -> YAMLValue? {
    guard let first = text.lines.first, Self.isFence(first, "---") else { return nil }
    let end = text.lines.indices.dropFirst().first {
      Self.isFence(text.lines[$0], "---") || Self.isFence(text.lines[$0], "...")
    }
    guard let end else {
      problems.append(
        Problem(
          "the front matter is not closed", at: SourceLocation(file: text.file, line: 1, column: 1),
          help: "end it with a line of “---”"))
      return nil
    }
    bodyLine = end + 1
    let yaml = text.lines[1..<end].map { text.text($0[...]) + "\n" }.joined()
    let starts = (1...end).map { SourceLocation(file: text.file, line: $0 + 1, column: 1) }
    var reader = YAMLReader(yaml, starts: starts, parameters: nil)
    defer { problems += reader.problems }
    return reader.read()
  }

  private static func isFence(_ line: [Unicode.Scalar], _ fence: String) -> Bool {
    let marks = Array(fence.unicodeScalars)
    return line.starts(with: marks) && line.dropFirst(marks.count).allSatisfy { $0 == " " || $0 == "\t" }
  }

  private mutating func read(_ entry: YAMLEntry) {
    let value = entry.value
    switch entry.key.value {
    case "title": frontMatter.title = words(entry)
    case "model":
      do { frontMatter.model = try ModelSource(value) } catch { problems.append(error) }
    case "data":
      if value.string == nil && value.entries == nil {
        mismatch(entry, "a name, a path, or a map with a path and column names")
      } else {
        frontMatter.data = Located(value, at: value.location)
      }
    case "params": readParameters(entry)
    case "seed":
      if let seed = UInt64(value.source), value.int != nil || value.double != nil {
        frontMatter.seed = seed
      } else {
        mismatch(entry, "a whole number from 0 on")
      }
    case "tags":
      let tags = (value.list ?? [value]).compactMap(\.string)
      if tags.count == value.list?.count ?? 1 {
        frontMatter.tags = tags
      } else {
        mismatch(entry, "a list of words")
      }
    case "description": frontMatter.description = words(entry)?.value
    case "author": frontMatter.author = words(entry)?.value
    case "redact": readRedactions(entry)
    case "on_request":
      if let flag = value.bool { frontMatter.isOnRequest = flag } else { mismatch(entry, "true or false") }
    default:
      problems.append(
        Problem.unknown(
          entry.key.value, kind: "key", in: "in the front matter", allowed: FrontMatter.keys,
          at: entry.key.location))
    }
  }

  private mutating func words(_ entry: YAMLEntry) -> Located<String>? {
    guard let words = entry.value.string else {
      mismatch(entry, "text")
      return nil
    }
    return Located(words, at: entry.value.location)
  }

  private mutating func mismatch(_ entry: YAMLEntry, _ expected: String) {
    problems.append(
      Problem(
        "\(entry.key.value) is \(entry.value.summary)", at: entry.value.location, expected: "expected: \(expected)"))
  }

  private mutating func readRedactions(_ entry: YAMLEntry) {
    for value in entry.value.list ?? [entry.value] {
      guard let name = value.string else {
        mismatch(entry, "one of \(Redaction.allCases.map(\.rawValue).joined(separator: ", "))")
        return
      }
      if let redaction = Redaction(rawValue: name) {
        frontMatter.redact.insert(redaction)
      } else {
        problems.append(
          Problem.unknown(
            name, kind: "value", in: "of redact", allowed: Redaction.allCases.map(\.rawValue), at: value.location))
      }
    }
  }

  private mutating func readParameters(_ entry: YAMLEntry) {
    guard let parameters = entry.value.entries else {
      if !entry.value.isNull { mismatch(entry, "names with values, such as { folds: 5 }") }
      return
    }
    for parameter in parameters {
      let name = parameter.key.value
      let isName =
        name.unicodeScalars.allSatisfy { $0.isWord || $0 == "-" } && name.unicodeScalars.first?.isLetter == true
      if !isName {
        problems.append(
          Problem(
            "“\(name)” cannot name a parameter", at: parameter.key.location,
            expected: "expected: letters, digits, “_” and “-”, starting with a letter"))
      } else if Self.overridable.contains(name) {
        problems.append(
          Problem("the parameter “\(name)” has the name of a key of the front matter", at: parameter.key.location))
      } else {
        frontMatter.params.append(parameter)
      }
    }
  }

  // MARK: Overrides

  private static let overridable = ["data", "model", "seed"]

  private mutating func override(_ key: String, with text: String) {
    let location = SourceLocation(file: "--set \(key)=\(text)", line: 1, column: 1)
    switch key {
    case "model":
      let value = Self.value(text, at: location)
      let source = value.entries == nil ? YAMLValue(.string(text), at: location, source: text) : value
      do { frontMatter.model = try ModelSource(source) } catch { problems.append(error) }
    case "data": frontMatter.data = Located(Self.value(text, at: location), at: location)
    case "seed":
      guard let seed = UInt64(text) else {
        problems.append(
          Problem("seed is “\(text)”", at: location, expected: "expected: a whole number from 0 on"))
        return
      }
      frontMatter.seed = seed
    default:
      guard let index = frontMatter.params.firstIndex(where: { $0.key.value == key }) else {
        let names = frontMatter.params.map(\.key.value) + Self.overridable
        problems.append(
          Problem.unknown(key, kind: "parameter", in: "of \(self.text.file)", allowed: names, at: location))
        return
      }
      let name = frontMatter.params[index].key
      frontMatter.params[index] = YAMLEntry(key: name, value: Self.value(text, at: location))
    }
  }

  /// The text of an override as YAML; what is not YAML is text.
  private static func value(_ text: String, at location: SourceLocation) -> YAMLValue {
    var reader = YAMLReader(text, starts: [location, location], parameters: nil)
    return reader.read() ?? YAMLValue(.string(text), at: location, source: text)
  }
}
