import CMark

/// Turns libcmark's inline nodes into our own, and finds where values and references stand in the source.
///
/// libcmark's columns are wrong behind soft line breaks, so places are found by walking the source of each block once,
/// in step with its code spans and references.
struct InlineReader {
  private static let deepest = 100
  /// Keeps a table cell from being read as a list, heading or fence; it is taken off again.
  private static let guardScalar: Unicode.Scalar = "\u{E000}"

  let text: SourceText
  private(set) var values: [InlineValue] = []
  private(set) var references: [CrossReference] = []
  private(set) var problems: [Problem] = []
  private var cursor = SourceText.Position(line: 0, column: 0)
  private var lastLine = 0
  private var quotes = 0
  private var depth = 0
  private var linkDepth = 0

  init(_ text: SourceText) { self.text = text }

  /// Starts on the block whose source runs from `start` through `lastLine` (from 0).
  mutating func begin(at start: SourceText.Position, lastLine: Int, quotes: Int) {
    cursor = start
    self.lastLine = lastLine
    self.quotes = quotes
  }

  /// Reads the cells of a table as inline text.
  mutating func read(_ table: PipeTable, quotes: Int) -> Block.Table {
    Block.Table(
      alignments: table.alignments,
      header: table.header.map { read($0, quotes: quotes) },
      rows: table.rows.map { row in row.map { read($0, quotes: quotes) } })
  }

  private mutating func read(_ cell: PipeTable.Cell, quotes: Int) -> [Inline] {
    let guarded = "\(Self.guardScalar) \(cell.text)"
    guard let root = cmark_parse_document(guarded, guarded.utf8.count, CMARK_OPT_DEFAULT) else { return [] }
    defer { cmark_node_free(root) }
    cmark_consolidate_text_nodes(root)
    begin(at: cell.start, lastLine: cell.start.line, quotes: quotes)
    guard let paragraph = cmark_node_first_child(root) else { return [] }
    var inlines = read(paragraph)
    if case .text(let words) = inlines.first {
      let rest = words.unicodeScalars.drop { $0 == Self.guardScalar }.drop { $0 == " " }
      inlines[0] = .text(String(rest))
    }
    return inlines
  }

  /// The inline children of a node.
  mutating func read(_ node: OpaquePointer) -> [Inline] {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      problems.append(Problem("text is nested more than \(Self.deepest) deep", at: text.location(cursor)))
      return []
    }
    return node.children.flatMap { inline($0) }
  }

  private mutating func inline(_ node: OpaquePointer) -> [Inline] {
    switch cmark_node_get_type(node) {
    case CMARK_NODE_TEXT: return words(node.literal)
    case CMARK_NODE_SOFTBREAK: return [.softBreak]
    case CMARK_NODE_LINEBREAK: return [.lineBreak]
    case CMARK_NODE_CODE: return [code(node.literal)]
    case CMARK_NODE_EMPH: return [.emphasis(read(node))]
    case CMARK_NODE_STRONG: return [.strong(read(node))]
    case CMARK_NODE_LINK, CMARK_NODE_IMAGE:
      linkDepth += 1
      defer { linkDepth -= 1 }
      let url = cmark_node_get_url(node).map { String(cString: $0) } ?? ""
      let title = cmark_node_get_title(node).map { String(cString: $0) } ?? ""
      let content = read(node)
      let isLink = cmark_node_get_type(node) == CMARK_NODE_LINK
      return [isLink ? .link(url: url, title: title, content) : .image(url: url, title: title, content)]
    case CMARK_NODE_HTML_INLINE: return [.html]
    default: return []
    }
  }

  // MARK: Code spans and values

  private mutating func code(_ literal: String) -> Inline {
    let places = codeSpan(literal)
    guard let marker = Self.marker(literal) else { return .code(literal) }
    let location = text.location(places?.first ?? cursor)
    guard marker == "value" else {
      if literal.last != "}", nearest(marker, among: ["value"]) != nil {
        problems.append(Problem("unknown inline {\(marker)}", at: location, help: "did you mean “{value}”?"))
      }
      return .code(literal)
    }
    do {
      let locations = places?.map(text.location) ?? Array(repeating: location, count: literal.unicodeScalars.count + 1)
      let value = try InlineValue(literal, locations: locations)
      values.append(value)
      return .value(value)
    } catch {
      problems.append(error)
      return .code(literal)
    }
  }

  /// The `value` of a code span that starts with `{value}` and a space, or holds only that.
  private static func marker(_ literal: String) -> String? {
    guard literal.first == "{", let end = literal.firstIndex(of: "}") else { return nil }
    let after = literal.index(after: end)
    guard after == literal.endIndex || literal[after].isWhitespace else { return nil }
    return String(literal[literal.index(after: literal.startIndex)..<end])
  }

  /// Where the scalars of the next code span with this content stand; moves behind it.
  private mutating func codeSpan(_ literal: String) -> [SourceText.Position]? {
    var position = cursor
    while position.line <= lastLine {
      guard let scalar = text.scalar(at: position) else {
        position = text.contentStart(ofLine: position.line + 1, quotes: quotes)
        continue
      }
      if scalar == "\\" {
        position.column += 2
      } else if scalar == "`" {
        let length = run(at: position)
        if let (places, end) = codeSpan(literal, openedAt: position, length: length) {
          cursor = end
          return places
        }
        position.column += length
      } else {
        position.column += 1
      }
    }
    return nil
  }

  private func codeSpan(
    _ literal: String, openedAt opening: SourceText.Position, length: Int
  ) -> (places: [SourceText.Position], end: SourceText.Position)? {
    var start = opening
    start.column += length
    // A span that starts and ends with a space loses both.
    for padding in [0, 1] {
      var content = start
      if padding == 1 {
        let next = text.scalar(at: content)
        guard next == nil || next == " " else { continue }
        content = next == nil ? text.contentStart(ofLine: content.line + 1, quotes: quotes) : content
        if next != nil { content.column += 1 }
      }
      let (places, exact) = text.align(literal, from: content, quotes: quotes)
      guard exact, var end = places.last else { continue }
      if padding == 1 {
        if text.scalar(at: end) == nil {
          end = text.contentStart(ofLine: end.line + 1, quotes: quotes)
        } else {
          end.column += 1
        }
      }
      guard text.scalar(at: end) == "`", run(at: end) == length else { continue }
      end.column += length
      return (places, end)
    }
    return nil
  }

  private func run(at position: SourceText.Position) -> Int {
    text.lines[position.line][position.column...].prefix { $0 == "`" }.count
  }

  // MARK: Words and references

  private mutating func words(_ literal: String) -> [Inline] {
    let scalars = Array(literal.unicodeScalars)
    var result: [Inline] = []
    var textStart = 0
    var index = 0
    func taken(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
    while index < scalars.count {
      guard scalars[index] == "@", let (kind, label, name) = Self.reference(scalars[(index + 1)...]) else {
        index += 1
        continue
      }
      let source = "@\(kind.rawValue)-\(label)\(name.map { ".\($0)" } ?? "")"
      let end = index + source.unicodeScalars.count
      let isApart = index == 0 || !(scalars[index - 1].isWord || scalars[index - 1].properties.isAlphabetic)
      if let place = find(source), isApart, linkDepth == 0 {
        let reference = CrossReference(kind: kind, label: label, name: name, location: text.location(place))
        references.append(reference)
        if textStart < index { result.append(.text(taken(textStart..<index))) }
        result.append(.reference(reference))
        textStart = end
      }
      index = end
    }
    if textStart < scalars.count { result.append(.text(taken(textStart..<scalars.count))) }
    return result
  }

  /// The kind, label and name of a text that starts with `fig-label` or `fig-label.name`.
  private static func reference(_ scalars: ArraySlice<Unicode.Scalar>) -> (CrossReference.Kind, String, String?)? {
    let word = word(scalars)
    let text = String(String.UnicodeScalarView(word))
    for kind in CrossReference.Kind.allCases where text.hasPrefix("\(kind.rawValue)-") {
      let label = text.dropFirst(kind.rawValue.count + 1)
      guard !label.isEmpty else { return nil }
      let rest = scalars[word.endIndex...]
      guard kind == .figure || kind == .table, rest.first == ".", case let name = Self.word(rest.dropFirst()),
        name.first?.isWord == true
      else { return (kind, String(label), nil) }
      return (kind, String(label), String(String.UnicodeScalarView(name)))
    }
    return nil
  }

  /// Letters, digits, hyphens and underscores, up to the last letter or digit.
  private static func word(_ scalars: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
    var word = scalars.prefix { $0.isWord || $0 == "-" }
    while word.last == "-" || word.last == "_" { word.removeLast() }
    return word
  }

  /// Where a reference stands next in the source; moves behind it. `nil` if a backslash or an entity hides it.
  private mutating func find(_ source: String) -> SourceText.Position? {
    let spellings = ["@", "&#64;", "&#x40;", "&#X40;", "&commat;"].map {
      Array("\($0)\(source.dropFirst())".unicodeScalars)
    }
    var position = cursor
    while position.line <= lastLine, text.lines.indices.contains(position.line) {
      let line = text.lines[position.line]
      while position.column < line.count {
        let rest = line[position.column...]
        if let spelling = spellings.first(where: { rest.starts(with: $0) }) {
          cursor = position
          cursor.column += spelling.count
          let isEscaped = position.column > 0 && line[position.column - 1] == "\\"
          return isEscaped || spelling[0] != "@" ? nil : position
        }
        position.column += 1
      }
      position = text.contentStart(ofLine: position.line + 1, quotes: quotes)
    }
    return nil
  }
}

extension InlineValue {
  /// Reads the content of a code span that starts with `{value}`.
  fileprivate init(_ literal: String, locations: [SourceLocation]) throws(Problem) {
    let scalars = Array(literal.unicodeScalars)
    var start = "{value}".count
    while start < scalars.count, scalars[start].properties.isWhitespace { start += 1 }
    var end = start
    var quote: Unicode.Scalar?
    while end < scalars.count, quote != nil || scalars[end] != "|" {
      if scalars[end] == quote {
        quote = nil
      } else if quote == nil, "\"'".unicodeScalars.contains(scalars[end]) {
        quote = scalars[end]
      }
      end += 1
    }
    var formatStart = min(end + 1, scalars.count)
    while formatStart < scalars.count, scalars[formatStart].properties.isWhitespace { formatStart += 1 }
    let bar = end
    while end > start, scalars[end - 1].properties.isWhitespace { end -= 1 }
    func taken(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }

    let expression = try Expression(taken(start..<end), locations: Array(locations[start...end]))
    var format: NumberFormat?
    if bar < scalars.count {
      format = try NumberFormat(taken(formatStart..<scalars.count), at: locations[formatStart])
    }
    self.init(expression: expression, format: format, location: locations[0], source: literal)
  }
}
