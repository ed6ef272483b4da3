/// A stretch of text on its way to tokens: its bytes now, and where in the source each of them came from.
struct Segment {
  /// Valid UTF-8.
  private(set) var bytes: [UInt8]
  /// Where the segment starts in the source.
  let base: Int
  /// Whether the way back to the source is kept when the bytes change.
  let keepsSource: Bool
  /// Bytes that the segment may grow to: no published tokenizer makes anything like so much of a text.
  let limit: Int
  /// Whether it would have grown beyond that, and was not changed any further.
  private(set) var isOverfull = false
  /// For each boundary between bytes (`bytes.count + 1` of them) the source offset; `nil` while nothing was changed.
  private var boundaries: [Int]?

  init(bytes: [UInt8], base: Int, keepsSource: Bool = true) {
    self.bytes = bytes
    self.base = base
    self.keepsSource = keepsSource
    limit = 64 * bytes.count + 1 << 20
  }

  private init(_ range: Range<Int>, of whole: Segment) {
    bytes = Array(whole.bytes[range])
    base = whole.base + range.lowerBound
    keepsSource = whole.keepsSource
    limit = whole.limit
    isOverfull = whole.isOverfull
    if let all = whole.boundaries { boundaries = Array(all[range.lowerBound...range.upperBound]) }
  }

  /// The source offset of a boundary between two bytes.
  func source(of boundary: Int) -> Int { boundaries?[boundary] ?? base + boundary }

  /// Part of this segment, with its way back to the source.
  subscript(range: Range<Int>) -> Segment { Segment(range, of: self) }

  /// Writes a segment anew from the left, keeping or replacing stretches of the old one.
  struct Editor {
    /// The segment as it was.
    let old: Segment
    /// How much of it has been kept or replaced.
    private(set) var position = 0
    /// What has been written.
    private(set) var bytes: [UInt8] = []
    fileprivate private(set) var boundaries: [Int] = []
    fileprivate private(set) var hasChanged = false
    fileprivate private(set) var isOverfull = false

    fileprivate init(_ old: Segment) {
      self.old = old
      bytes.reserveCapacity(old.bytes.count + 16)
      if old.keepsSource { boundaries.append(old.source(of: 0)) }
    }

    /// Keeps what comes before `end`.
    mutating func keep(until end: Int) {
      guard end > position else { return }
      bytes.append(contentsOf: old.bytes[position..<end])
      if old.keepsSource { for index in position..<end { boundaries.append(old.source(of: index + 1)) } }
      position = end
    }

    /// Puts `new` in the place of what comes before `end`; all of it maps to the whole source of what it replaces.
    mutating func replace(until end: Int, with new: some Collection<UInt8>) {
      hasChanged = true
      guard bytes.count + new.count <= old.limit else {
        isOverfull = true
        return keep(until: end)
      }
      if old.keepsSource {
        for _ in new { boundaries.append(old.source(of: position)) }
        boundaries[boundaries.count - 1] = old.source(of: end)
      }
      bytes.append(contentsOf: new)
      position = end
    }

    /// Takes back what was written last.
    mutating func removeLast(_ count: Int) {
      hasChanged = true
      bytes.removeLast(count)
      if old.keepsSource { boundaries.removeLast(count) }
    }
  }

  /// Edits the segment; what the editor has not come to is kept.
  mutating func edit(_ body: (inout Editor) -> Void) {
    var editor = Editor(self)
    body(&editor)
    guard editor.hasChanged else { return }
    editor.keep(until: bytes.count)
    bytes = editor.bytes
    isOverfull = isOverfull || editor.isOverfull
    if keepsSource { boundaries = editor.boundaries }
  }

  /// Puts `new` in the place of each of some ranges, which increase and do not overlap.
  mutating func replace(_ ranges: [Range<Int>], with new: [UInt8]) {
    guard !ranges.isEmpty else { return }
    edit { editor in
      for range in ranges {
        editor.keep(until: range.lowerBound)
        editor.replace(until: range.upperBound, with: new)
      }
    }
  }

  /// Puts bytes before the first one; they have an empty source.
  mutating func prepend(_ prefix: [UInt8]) { replace([0..<0], with: prefix) }

  /// Changes scalars one by one: `body` gives what takes a scalar's place, or `nil` to keep it.
  mutating func mapScalars(_ body: (Unicode.Scalar) -> String?) {
    edit { editor in
      let bytes = editor.old.bytes
      var position = 0
      while position < bytes.count {
        let (scalar, end) = bytes.scalar(at: position)
        if let new = body(scalar) {
          editor.keep(until: position)
          editor.replace(until: end, with: new.utf8)
        }
        position = end
      }
    }
  }
}

extension RandomAccessCollection<UInt8> where Index == Int {
  /// The scalar of valid UTF-8 that starts at an index, and where the next one starts. Bytes that are no UTF-8 give
  /// U+FFFD one by one.
  func scalar(at start: Int) -> (scalar: Unicode.Scalar, end: Int) {
    let first = self[start]
    if first < 0x80 { return (Unicode.Scalar(first), start + 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC0, start + length <= endIndex else { return ("\u{FFFD}", start + 1) }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for index in start + 1..<start + length { value = value << 6 | UInt32(self[index] & 0x3F) }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", start + length)
  }

  /// The scalar of valid UTF-8 that ends before an index, and where it starts; `nil` at the start.
  func scalar(before end: Int) -> (scalar: Unicode.Scalar, start: Int)? {
    guard end > startIndex else { return nil }
    var start = end - 1
    while start > startIndex, self[start] & 0xC0 == 0x80 { start -= 1 }
    return (scalar(at: start).scalar, start)
  }

  /// How many bytes the UTF-8 character has that starts at an index, within the bounds.
  func characterEnd(from start: Int) -> Int {
    var end = start + 1
    while end < endIndex, self[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }
}

extension [UInt8] {
  /// Where `pattern` occurs, from the left, without overlap.
  func ranges(of pattern: [UInt8], in bounds: Range<Int>? = nil) -> [Range<Int>] {
    let bounds = bounds ?? 0..<count
    guard let first = pattern.first, pattern.count <= bounds.count else { return [] }
    var found: [Range<Int>] = []
    withUnsafeBufferPointer { bytes in
      var index = bounds.lowerBound
      while index + pattern.count <= bounds.upperBound {
        if bytes[index] == first, (1..<pattern.count).allSatisfy({ bytes[index + $0] == pattern[$0] }) {
          found.append(index..<index + pattern.count)
          index += pattern.count
        } else {
          index += 1
        }
      }
    }
    return found
  }
}

extension Unicode.Scalar {
  /// Whether this is a word character (`\w`): a letter, mark, decimal digit, connector or joiner.
  var isWord: Bool {
    if properties.isAlphabetic || properties.isJoinControl { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
    default: return false
    }
  }

  /// Whether this is a mark (category M).
  var isMark: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }
}
