/// Reads CSV as RFC 4180 has it: fields between commas, quoted where they hold commas, quotes or line ends.
///
/// Beyond the standard it takes what spreadsheets and pandas write: lines may end in LF, CRLF or CR, blank lines are
/// skipped, and a quote in the midst of an unquoted field is a quote. Spaces belong to the field. Every row must have
/// as many fields as the heading row has.
struct CSVText {
  /// One row: its fields, and the line on which it starts.
  struct Row {
    let fields: [String]
    let line: Int
  }

  /// Text that is not CSV.
  struct Fault: Error {
    let line: Int
    let found: String
    let expected: String
  }

  private let bytes: [UInt8]
  private var place = 0
  private var line = 1

  private init(_ text: some Sequence<UInt8>) { bytes = Array(text) }

  /// The rows behind the heading row, by the heading's names.
  ///
  /// - Parameter text: UTF-8 without a byte order mark.
  /// - Throws: `Fault` with the line, if a quote is never closed, a row has too few or too many fields, or two columns
  ///   have one name.
  static func rows(_ text: some Sequence<UInt8>) throws(Fault) -> [[String: String]] {
    var reader = CSVText(text)
    guard let heading = try reader.next() else { return [] }
    var seen = Set<String>()
    if let twice = heading.fields.first(where: { !seen.insert($0).inserted }) {
      throw Fault(line: heading.line, found: "two columns “\(twice)”", expected: "a name for each column")
    }
    var rows: [[String: String]] = []
    while let row = try reader.next() {
      guard row.fields.count == heading.fields.count else {
        throw Fault(
          line: row.line, found: "a row of \(row.fields.count) field\(row.fields.count == 1 ? "" : "s")",
          expected: "\(heading.fields.count), one for each of \(heading.fields.joined(separator: ", "))")
      }
      rows.append(Dictionary(uniqueKeysWithValues: zip(heading.fields, row.fields)))
    }
    return rows
  }

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private var current: UInt8? { place < bytes.count ? bytes[place] : nil }
  private var isAtEndOfLine: Bool {
    current.map { $0 == Self.lineFeed || $0 == Self.carriageReturn } ?? true
  }

  /// The next row that is not blank; `nil` at the end of the text.
  private mutating func next() throws(Fault) -> Row? {
    while current != nil, isAtEndOfLine { skipLineEnd() }
    guard current != nil else { return nil }
    let start = line
    var fields: [String] = []
    while true {
      fields.append(try field())
      guard current == Self.comma else { break }
      place += 1
    }
    skipLineEnd()
    return Row(fields: fields, line: start)
  }

  private mutating func field() throws(Fault) -> String {
    guard current == Self.quote else {
      let start = place
      while current != Self.comma, !isAtEndOfLine { place += 1 }
      return String(decoding: bytes[start..<place], as: UTF8.self)
    }
    let start = line
    var content: [UInt8] = []
    place += 1
    while let byte = current {
      if byte == Self.quote {
        place += 1
        guard current == Self.quote else {
          guard isAtEndOfLine || current == Self.comma else {
            throw Fault(line: line, found: "text behind a closing quote", expected: "a comma or the end of the line")
          }
          return String(decoding: content, as: UTF8.self)
        }
      } else if byte == Self.lineFeed
        || byte == Self.carriageReturn && bytes.dropFirst(place + 1).first != Self.lineFeed
      {
        line += 1
      }
      content.append(byte)
      place += 1
    }
    throw Fault(line: start, found: "a quote that is never closed", expected: "a closing quote")
  }

  private mutating func skipLineEnd() {
    guard let end = current else { return }
    place += end == Self.carriageReturn && bytes.dropFirst(place + 1).first == Self.lineFeed ? 2 : 1
    line += 1
  }
}
