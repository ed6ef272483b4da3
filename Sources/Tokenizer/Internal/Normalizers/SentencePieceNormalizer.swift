/// What SentencePiece does to a text before its model sees it (Kudo and Richardson 2018): replacements, white space,
/// and “▁” for spaces.
struct SentencePieceNormalizer: Sendable {
  /// “▁”, which stands for a space.
  static let mark = Array("\u{2581}".utf8)

  /// Replacements of characters (`nmt_nfkc` and the like); none for `identity`.
  var charsmap: Charsmap?
  /// Texts that are left as they are: user-defined tokens.
  var verbatim: ByteTrie?
  /// Whether a space goes before the text, or after it where spaces end words.
  var addsDummySpace = true
  /// Whether spaces at the ends go, and several become one.
  var removesExtraSpaces = true
  /// Whether spaces become “▁”.
  var escapesSpaces = true
  /// Whether a space belongs to the word before it.
  var isSpaceSuffix = false

  func apply(to segment: inout Segment) {
    guard !segment.bytes.isEmpty else { return }
    let space = escapesSpaces ? Self.mark : [0x20]
    segment.edit { editor in
      let bytes = editor.old.bytes
      var position = 0
      var isAfterSpace = removesExtraSpaces
      var hasText = !removesExtraSpaces
      if addsDummySpace, !isSpaceSuffix { editor.replace(until: 0, with: space) }
      while position < bytes.count {
        let start = position
        let (end, replacement) = next(in: bytes, from: start)
        position = end
        var text = replacement ?? bytes[start..<end]
        if text.count != 1 || text.first != 0x20 { hasText = true }
        // Text that stays as it is gets copied with the next change.
        if replacement == nil, text.first != 0x20 {
          isAfterSpace = false
          continue
        }
        editor.keep(until: start)
        if isAfterSpace { text = text.drop { $0 == 0x20 } }
        if let last = text.last { isAfterSpace = removesExtraSpaces && last == 0x20 }
        editor.replace(until: end, with: escapesSpaces ? Self.escape(text) : Array(text))
      }
      editor.keep(until: bytes.count)
      if removesExtraSpaces {
        while editor.bytes.suffix(space.count).elementsEqual(space) { editor.removeLast(space.count) }
      }
      if addsDummySpace, isSpaceSuffix, hasText { editor.replace(until: bytes.count, with: space) }
    }
  }

  /// The next stretch that is looked at as a whole: where it ends, and what takes its place (`nil`: itself).
  private func next(in bytes: [UInt8], from start: Int) -> (end: Int, replacement: ArraySlice<UInt8>?) {
    if let verbatim, let found = verbatim.longest(in: bytes, from: start) {
      let end = start + found.length
      // Given as a replacement only where spaces in it must still be escaped.
      return (end, bytes[start..<end].contains(0x20) ? bytes[start..<end] : nil)
    }
    if let charsmap, let found = charsmap.longestPrefix(of: bytes[start...]) {
      return (start + found.length, found.replacement)
    }
    return (bytes.characterEnd(from: start), nil)
  }

  private static func escape(_ text: ArraySlice<UInt8>) -> [UInt8] {
    text.reduce(into: []) { if $1 == 0x20 { $0 += mark } else { $0.append($1) } }
  }
}
