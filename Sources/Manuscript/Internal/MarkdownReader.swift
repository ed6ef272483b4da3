import CMark

/// Turns libcmark's tree into blocks, with the cells, values and references that stand in them.
struct MarkdownReader {
  /// Deeper than prose ever nests; it keeps hostile text from exhausting the stack.
  private static let deepest = 100

  let text: SourceText
  let parameters: [YAMLEntry]

  private(set) var cells: [Cell] = []
  private(set) var headings: [Heading] = []
  private(set) var problems: [Problem] = []
  /// Labels of cells that are too broken to be listed, so that references to them are not reported as well.
  private(set) var brokenLabels: Set<String> = []
  private var inlines: InlineReader
  private var depth = 0
  private var quotes = 0
  private var closingLines: [Int: SourceText.Position] = [:]
  private var slugs: [String: Int] = [:]

  var values: [InlineValue] { inlines.values }
  var references: [CrossReference] { inlines.references }

  init(_ text: SourceText, parameters: [YAMLEntry]) {
    self.text = text
    self.parameters = parameters
    self.inlines = InlineReader(text)
  }

  /// Reads the lines from `firstLine` (from 0) on.
  mutating func read(from firstLine: Int) -> [Block] {
    var scalars = String.UnicodeScalarView()
    for (index, line) in text.lines.enumerated() {
      if index > 0 { scalars.append("\n") }
      if index >= firstLine { scalars.append(contentsOf: line) }
    }
    let body = String(scalars)
    guard let root = cmark_parse_document(body, body.utf8.count, CMARK_OPT_DEFAULT) else { return [] }
    defer { cmark_node_free(root) }
    cmark_consolidate_text_nodes(root)
    let blocks = children(of: root)
    problems += inlines.problems
    return blocks
  }

  private mutating func children(of node: OpaquePointer) -> [Block] {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      problems.append(Problem("blocks are nested more than \(Self.deepest) deep", at: text.location(start(of: node))))
      return []
    }
    return node.children.compactMap { block($0) }
  }

  private mutating func block(_ node: OpaquePointer) -> Block? {
    switch cmark_node_get_type(node) {
    case CMARK_NODE_HEADING: return heading(node)
    case CMARK_NODE_PARAGRAPH: return paragraph(node)
    case CMARK_NODE_CODE_BLOCK: return code(node)
    case CMARK_NODE_BLOCK_QUOTE:
      quotes += 1
      defer { quotes -= 1 }
      return .quote(children(of: node))
    case CMARK_NODE_LIST:
      let isOrdered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
      return .list(
        start: isOrdered ? Int(cmark_node_get_list_start(node)) : nil,
        tight: cmark_node_get_list_tight(node) != 0,
        items: node.children.map { children(of: $0) })
    case CMARK_NODE_THEMATIC_BREAK: return .rule
    case CMARK_NODE_HTML_BLOCK: return .html
    default: return nil
    }
  }

  private func start(of node: OpaquePointer) -> SourceText.Position {
    text.position(
      line: Int(cmark_node_get_start_line(node)), byteColumn: Int(cmark_node_get_start_column(node)))
  }

  private mutating func heading(_ node: OpaquePointer) -> Block {
    inlines.begin(at: start(of: node), lastLine: Int(cmark_node_get_end_line(node)) - 1, quotes: quotes)
    let content = inlines.read(node)
    let words = content.plainText(value: { _ in "" })
    let heading = Heading(
      level: Int(cmark_node_get_heading_level(node)), text: content.plainText(), id: identifier(for: words))
    headings.append(heading)
    return .heading(heading, content)
  }

  /// Letters and digits in lower case, spaces as hyphens; a number tells repetitions apart.
  private mutating func identifier(for words: String) -> String {
    var slug = ""
    for character in words.lowercased() {
      if character.isLetter || character.isNumber || character == "_" {
        slug.append(character)
      } else if character == " " || character == "-", !slug.isEmpty, slug.last != "-" {
        slug.append("-")
      }
    }
    while slug.last == "-" { slug.removeLast() }
    if slug.isEmpty { slug = "section" }
    var unique = slug
    while let count = slugs[unique] {
      slugs[unique] = count + 1
      unique = "\(slug)-\(count)"
    }
    slugs[unique] = 1
    return unique
  }

  private mutating func paragraph(_ node: OpaquePointer) -> Block {
    let start = start(of: node)
    let lastLine = Int(cmark_node_get_end_line(node)) - 1
    if let table = PipeTable(from: start, through: lastLine, quotes: quotes, in: text) {
      return .table(inlines.read(table, quotes: quotes))
    }
    inlines.begin(at: start, lastLine: lastLine, quotes: quotes)
    return .paragraph(inlines.read(node))
  }

  private mutating func code(_ node: OpaquePointer) -> Block? {
    let info = cmark_node_get_fence_info(node).map { String(cString: $0) } ?? ""
    let literal = node.literal
    let start = start(of: node)
    let endLine = Int(cmark_node_get_end_line(node))
    guard
      let fence = Fence(
        opening: start, endLine: endLine, quotes: quotes, info: info, literal: literal, in: text)
    else { return .code(language: "", text: literal) }
    // A fence whose list or quote ends first is not closed by the fence that follows: that one opens a new block.
    if let previous = closingLines[start.line] { problems.append(Self.unclosed(at: text.location(previous))) }
    guard fence.isClosed else {
      problems.append(Self.unclosed(at: text.location(start)))
      return nil
    }
    closingLines[endLine - 1] = start

    guard info.hasPrefix("{"), !info.hasPrefix("{."), !info.hasPrefix("{#") else {
      return .code(language: String(info.prefix { !$0.isWhitespace }), text: literal)
    }
    guard let kind = Self.kind(info) else {
      problems.append(
        Problem(
          "the info string “\(info)” is not a cell kind", at: text.location(start),
          expected: "expected: {kind} in lower-case letters, digits, “_” and “-”, with nothing after it"))
      return nil
    }
    var reader = CellReader(kind: kind, source: literal, starts: fence.starts, location: text.location(start))
    let cell = reader.read(parameters: parameters)
    problems += reader.problems
    guard let cell else {
      if let label = reader.guessedLabel { brokenLabels.insert(label) }
      return nil
    }
    cells.append(cell)
    return .cell(cell)
  }

  private static func unclosed(at location: SourceLocation) -> Problem {
    Problem("the fence is not closed", at: location, help: "end the block with a line of the same fence")
  }

  /// The `probe` of `{probe}`.
  private static func kind(_ info: String) -> String? {
    guard info.hasSuffix("}") else { return nil }
    let kind = info.dropFirst().dropLast()
    guard let first = kind.unicodeScalars.first, ("a"..."z").contains(first) else { return nil }
    let isPlain = kind.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || $0.isDigit || $0 == "_" || $0 == "-" }
    return isPlain ? String(kind) : nil
  }
}

extension OpaquePointer {
  /// The children of a libcmark node.
  var children: some Sequence<OpaquePointer> {
    sequence(state: cmark_node_first_child(self)) { next -> OpaquePointer? in
      defer { next = next.flatMap { cmark_node_next($0) } }
      return next
    }
  }

  /// The text of a libcmark node.
  var literal: String { cmark_node_get_literal(self).map { String(cString: $0) } ?? "" }
}
