/// A stretch of text on its way to tokens: its bytes now, and where in the source each of them came from.
struct Segment {
  /// Valid UTF-8.
  private(set) var bytes: [UInt8]
  /// Where the segment starts in the source.
  let base: Int
  /// For each boundary between bytes (`bytes.count + 1` of them) the source offset; `nil` while nothing was changed.
  private var boundaries: [Int]?

  init(bytes: [UInt8], base: Int) {
    self.bytes = bytes
    self.base = base
  }

  /// The source offset of a boundary between two bytes.
  func source(of boundary: Int) -> Int { boundaries?[boundary] ?? base + boundary }

  /// Part of this segment, with its way back to the source.
  subscript(range: Range<Int>) -> Segment {
    var part = Segment(bytes: Array(bytes[range]), base: base + range.lowerBound)
    if let boundaries { part.boundaries = Array(boundaries[range.lowerBound...range.upperBound]) }
    return part
  }

  /// Replaces stretches of bytes; each new stretch maps to the whole source of what it replaces.
  /// - Parameter edits: ranges in increasing order that do not overlap, with what takes their place.
  mutating func replace(_ edits: [(range: Range<Int>, bytes: [UInt8])]) {
    guard !edits.isEmpty else { return }
    var newBytes: [UInt8] = []
    var newBoundaries = [source(of: 0)]
    var position = 0
    func keep(until end: Int) {
      for index in position..<end {
        newBytes.append(bytes[index])
        newBoundaries.append(source(of: index + 1))
      }
      position = end
    }
    for edit in edits {
      keep(until: edit.range.lowerBound)
      for _ in edit.bytes { newBoundaries.append(source(of: edit.range.lowerBound)) }
      newBoundaries[newBoundaries.count - 1] = source(of: edit.range.upperBound)
      newBytes.append(contentsOf: edit.bytes)
      position = edit.range.upperBound
    }
    keep(until: bytes.count)
    bytes = newBytes
    boundaries = newBoundaries
  }

  /// Puts bytes before the first one; they have an empty source.
  mutating func prepend(_ prefix: [UInt8]) { replace([(0..<0, prefix)]) }
}
