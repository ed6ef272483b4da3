/// SentencePiece's precompiled table of replacements: byte strings and what takes their place.
///
/// The format: the length of a double array in bytes (little endian, 4 bytes), the double array (Aoe 1989, in the
/// 4-byte units of Darts-clone), then the replacements, each ended by a zero byte. The array finds for a prefix of the
/// text the offset of its replacement.
struct Charsmap: Sendable {
  private let units: [UInt32]
  private let replacements: [UInt8]

  /// - Parameter bytes: a `precompiled_charsmap`.
  /// - Returns: `nil` if the table is cut off.
  init?(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    func unit(at index: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) }
    }
    guard bytes.count >= 4 else { return nil }
    let size = Int(unit(at: 0))
    guard size % 4 == 0, size > 0, size <= bytes.count - 4 else { return nil }
    units = stride(from: 4, to: 4 + size, by: 4).map(unit)
    replacements = Array(bytes[(4 + size)...])
  }

  /// The replacements of all prefixes that the table has, the shortest first.
  /// - Parameter body: called with the length of the prefix and the offset of its replacement.
  private func forEachPrefix(of bytes: ArraySlice<UInt8>, _ body: (Int, Int) -> Void) {
    func offset(of unit: UInt32) -> UInt32 { (unit >> 10) << ((unit & 0x200) >> 6) }
    var node = offset(of: units[0])
    var length = 0
    for byte in bytes {
      node ^= UInt32(byte)
      guard byte != 0, node < UInt32(units.count) else { return }
      let unit = units[Int(node)]
      // A unit's label is its low byte; a leaf has the top bit, which no label has.
      guard unit & 0x8000_00FF == UInt32(byte) else { return }
      node ^= offset(of: unit)
      length += 1
      guard node < UInt32(units.count) else { return }
      if unit & 0x100 != 0 { body(length, Int(units[Int(node)] & 0x7FFF_FFFF)) }
    }
  }

  private func replacement(at offset: Int) -> ArraySlice<UInt8> {
    guard offset < replacements.count else { return [] }
    return replacements[offset...].prefix { $0 != 0 }
  }

  /// The longest prefix of some bytes that the table replaces: its length, and what takes its place.
  func longestPrefix(of bytes: ArraySlice<UInt8>) -> (length: Int, replacement: ArraySlice<UInt8>)? {
    var best: (Int, Int)?
    forEachPrefix(of: bytes) { best = ($0, $1) }
    return best.map { ($0.0, replacement(at: $0.1)) }
  }

  /// Hugging Face's way: a grapheme of at most five bytes is replaced as a whole if the table has any prefix of it,
  /// by the replacement of the shortest one; then scalar by scalar.
  func applyByGrapheme(to segment: inout Segment) {
    func shortest(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
      var first: Int?
      forEachPrefix(of: bytes) { if first == nil { first = $1 } }
      return first.map(replacement)
    }
    segment.edit { editor in
      let bytes = editor.old.bytes
      var position = 0
      for grapheme in String(decoding: bytes, as: UTF8.self) {
        let end = position + grapheme.utf8.count
        if end - position < 6, let new = shortest(bytes[position..<end]) {
          editor.keep(until: position)
          editor.replace(until: end, with: new)
          position = end
        }
        while position < end {
          let next = bytes.characterEnd(from: position)
          if let new = shortest(bytes[position..<next]) {
            editor.keep(until: position)
            editor.replace(until: next, with: new)
          }
          position = next
        }
      }
    }
  }
}
