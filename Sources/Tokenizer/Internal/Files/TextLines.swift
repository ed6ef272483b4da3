import Foundation

/// The lines of a text file, without their ends: “\n” or “\r\n”. Empty lines at the end are none.
struct TextLines {
  private let bytes: [UInt8]

  init(_ data: Data) { bytes = [UInt8](data) }

  /// Each line with its number, from 1.
  var numbered: [(number: Int, line: ArraySlice<UInt8>)] {
    var lines: [(number: Int, line: ArraySlice<UInt8>)] = []
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      lines.append((lines.count + 1, line.last == 0x0D ? line.dropLast() : line))
    }
    while let last = lines.last, last.line.isEmpty { lines.removeLast() }
    return lines
  }
}
