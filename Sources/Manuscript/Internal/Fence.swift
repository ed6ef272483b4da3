/// The fences of a code block as they stand in the source.
struct Fence {
  /// Where the opening fence starts.
  let opening: SourceText.Position
  /// Whether a closing fence ends the block.
  let isClosed: Bool
  /// Where each line of the content starts, and where the line after the last starts.
  let starts: [SourceLocation]

  /// - Parameters:
  ///   - opening: Where the block starts.
  ///   - endLine: The line that libcmark says the block ends on, from 1.
  ///   - quotes: How many block quotes the block stands in.
  ///   - info: The block's info string.
  ///   - literal: The block's content.
  /// - Returns: `nil` for an indented code block, which has no fences.
  init?(opening: SourceText.Position, endLine: Int, quotes: Int, info: String, literal: String, in text: SourceText) {
    guard text.lines.indices.contains(opening.line) else { return nil }
    let first = text.lines[opening.line].dropFirst(opening.column)
    guard let mark = first.first, mark == "`" || mark == "~" else { return nil }
    let length = first.prefix { $0 == mark }.count
    var content = literal.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.unicodeScalars) }
    if content.last?.isEmpty == true { content.removeLast() }
    guard length >= 3, !info.isEmpty || content.first != Array(first) else { return nil }

    self.opening = opening
    let closing = opening.line + content.count + 1
    var isClosed = false
    if closing == endLine - 1, text.lines.indices.contains(closing) {
      let rest = text.lines[closing].dropFirst(text.contentStart(ofLine: closing, quotes: quotes).column)
      let run = rest.prefix { $0 == mark }.count
      isClosed = run >= length && rest.dropFirst(run).allSatisfy { $0 == " " || $0 == "\t" }
    }
    self.isClosed = isClosed
    var starts = content.enumerated().map { index, line in
      let number = opening.line + 1 + index
      let source = text.lines.indices.contains(number) ? text.lines[number] : []
      let isSuffix = source.count >= line.count && Array(source.suffix(line.count)) == line
      let column = isSuffix ? source.count - line.count : opening.column
      return text.location(SourceText.Position(line: number, column: column))
    }
    starts.append(text.location(SourceText.Position(line: closing, column: opening.column)))
    self.starts = starts
  }
}
