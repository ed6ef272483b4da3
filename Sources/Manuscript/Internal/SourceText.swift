/// A file as lines of Unicode scalars, to find the places of what was parsed from it.
struct SourceText {
  let file: String
  /// The lines without their ends (line feed, carriage return, or both) and without a byte order mark.
  let lines: [[Unicode.Scalar]]

  init(_ source: String, file: String) {
    self.file = file
    var lines: [[Unicode.Scalar]] = [[]]
    var afterReturn = false
    for scalar in source.unicodeScalars.drop(while: { $0 == "\u{FEFF}" }) {
      defer { afterReturn = scalar == "\r" }
      if scalar == "\n", afterReturn { continue }
      if scalar == "\n" || scalar == "\r" {
        lines.append([])
      } else {
        lines[lines.count - 1].append(scalar)
      }
    }
    self.lines = lines
  }

  /// A place between or on scalars: an index into `lines` and one into that line, both from 0.
  struct Position: Comparable {
    var line: Int
    var column: Int

    static func < (left: Position, right: Position) -> Bool {
      (left.line, left.column) < (right.line, right.column)
    }
  }

  func location(_ position: Position) -> SourceLocation {
    SourceLocation(file: file, line: position.line + 1, column: position.column + 1)
  }

  /// The scalar at a position, or `nil` at the end of a line.
  func scalar(at position: Position) -> Unicode.Scalar? {
    guard lines.indices.contains(position.line), lines[position.line].indices.contains(position.column) else {
      return nil
    }
    return lines[position.line][position.column]
  }

  /// The position of a byte in a line, as libcmark counts columns (from 1).
  func position(line: Int, byteColumn: Int) -> Position {
    guard lines.indices.contains(line - 1) else { return Position(line: max(0, line - 1), column: 0) }
    var bytes = 0
    var column = 0
    for scalar in lines[line - 1] {
      guard bytes < byteColumn - 1 else { break }
      bytes += UTF8.width(scalar)
      column += 1
    }
    return Position(line: line - 1, column: column)
  }

  /// Where the text of a line starts, behind indentation and the markers of block quotes around it.
  func contentStart(ofLine line: Int, quotes: Int) -> Position {
    var position = Position(line: line, column: 0)
    var left = quotes
    while let scalar = scalar(at: position) {
      if scalar == ">", left > 0 {
        left -= 1
      } else if scalar != " ", scalar != "\t" {
        break
      }
      position.column += 1
    }
    return position
  }

  func text(_ range: ArraySlice<Unicode.Scalar>) -> String { String(String.UnicodeScalarView(range)) }

  /// Where each scalar of a text stands that was read from a position on, with one more place for its end.
  ///
  /// A space of the text may be a line end of the source with the indentation that follows it, and a backslash of the
  /// source may stand before a scalar that it escapes. Where the text departs from the source in another way (an
  /// escape such as `\u0041`), the places that follow stay where it departs, and `exact` is false.
  func align(_ text: String, from start: Position, quotes: Int = 0) -> (places: [Position], exact: Bool) {
    var places: [Position] = []
    var position = start
    var exact = true
    for scalar in text.unicodeScalars {
      if exact, self.scalar(at: position) == nil, scalar == " " || scalar == "\n" {
        places.append(position)
        position = contentStart(ofLine: position.line + 1, quotes: quotes)
        continue
      }
      if exact, self.scalar(at: position) == "\\", scalar != "\\" { position.column += 1 }
      places.append(position)
      if exact, self.scalar(at: position) == scalar {
        position.column += 1
      } else {
        exact = false
      }
    }
    return (places + [position], exact)
  }
}
