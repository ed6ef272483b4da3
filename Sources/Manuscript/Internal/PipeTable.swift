/// A pipe table as it stands in the source of a paragraph: cells with their places, not yet read as inline text.
struct PipeTable {
  /// A cell's text, with `\|` read as `|`, and where it starts.
  struct Cell: Equatable {
    let text: String
    let start: SourceText.Position
  }

  let alignments: [Block.Alignment?]
  let header: [Cell]
  let rows: [[Cell]]

  /// - Returns: `nil` unless the second line is a delimiter row with as many columns as the first has cells.
  init?(from start: SourceText.Position, through lastLine: Int, quotes: Int, in text: SourceText) {
    guard lastLine > start.line, lastLine < text.lines.count else { return nil }
    let second = text.contentStart(ofLine: start.line + 1, quotes: quotes)
    guard let alignments = Self.alignments(text.text(text.lines[second.line].dropFirst(second.column))) else {
      return nil
    }
    let header = Self.cells(from: start, in: text)
    guard header.count == alignments.count else { return nil }
    self.alignments = alignments
    self.header = header
    self.rows = (start.line + 2..<max(start.line + 2, lastLine + 1)).map { line in
      let start = text.contentStart(ofLine: line, quotes: quotes)
      let cells = Self.cells(from: start, in: text).prefix(alignments.count)
      let missing = alignments.count - cells.count
      return cells + Array(repeating: Cell(text: "", start: start), count: missing)
    }
  }

  /// The alignments of a delimiter row such as `| :-- | --: |`.
  private static func alignments(_ line: String) -> [Block.Alignment?]? {
    guard line.contains("|") || line.contains(":") else { return nil }
    var parts = line.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
    if parts.first?.isEmpty == true { parts.removeFirst() }
    if parts.last?.isEmpty == true { parts.removeLast() }
    guard !parts.isEmpty else { return nil }
    var alignments: [Block.Alignment?] = []
    for part in parts {
      let (left, right) = (part.hasPrefix(":"), part.count > 1 && part.hasSuffix(":"))
      let dashes = part.dropFirst(left ? 1 : 0).dropLast(right ? 1 : 0)
      guard !dashes.isEmpty, dashes.allSatisfy({ $0 == "-" }) else { return nil }
      alignments.append(left && right ? .center : left ? .left : right ? .right : nil)
    }
    return alignments
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  /// The cells of a row: split at pipes, except those behind a backslash and those inside a code span.
  private static func cells(from start: SourceText.Position, in text: SourceText) -> [Cell] {
    let line = text.lines[start.line]
    var ranges: [Range<Int>] = []
    var (cellStart, index) = (start.column, start.column)
    while index < line.count {
      switch line[index] {
      case "\\": index += 2
      case "`":
        let length = line[index...].prefix { $0 == "`" }.count
        index = codeSpanEnd(line, after: index + length, length: length) ?? index + length
      case "|":
        ranges.append(cellStart..<index)
        index += 1
        cellStart = index
      default: index += 1
      }
    }
    ranges.append(cellStart..<line.count)
    var cells = ranges.map { range in
      let blanks = line[range].prefix { $0 == " " || $0 == "\t" }.count
      let content = String(trimmed(Substring(text.text(line[range])))).replacing("\\|", with: "|")
      return Cell(text: content, start: SourceText.Position(line: start.line, column: range.lowerBound + blanks))
    }
    if cells.count > 1, cells.first?.text.isEmpty == true { cells.removeFirst() }
    if cells.count > 1, cells.last?.text.isEmpty == true { cells.removeLast() }
    return cells
  }

  private static func codeSpanEnd(_ line: [Unicode.Scalar], after start: Int, length: Int) -> Int? {
    var index = start
    while index < line.count {
      let run = line[index...].prefix { $0 == "`" }.count
      if run == length { return index + run }
      index += max(run, 1)
    }
    return nil
  }
}
