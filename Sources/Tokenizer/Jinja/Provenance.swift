/// Reads off a rendered text which stretches of it came from which message.
enum Provenance {
  /// - Parameters:
  ///   - text: the rendered prompt.
  ///   - contents: the messages' contents; source `i + 1` in the text is message `i`.
  static func chat(_ text: Text, contents: [String]) -> RenderedChat {
    // Scalars are counted in the text, UTF-8 bytes outside.
    let offsets = contents.map { content in
      var offsets = [0]
      for scalar in content.unicodeScalars { offsets.append((offsets.last ?? 0) + UTF8.width(scalar)) }
      return offsets
    }
    var pieces: [RenderedChat.Piece] = []
    var place = 0
    var last = Text.Glyph("\0")
    for glyph in text.glyphs {
      let end = place + UTF8.width(glyph.scalar)
      defer { (place, last) = (end, glyph) }
      guard glyph.source > 0, offsets.indices.contains(glyph.source - 1) else { continue }
      let message = glyph.source - 1
      let own = offsets[message][glyph.offset]..<offsets[message][glyph.offset + 1]
      if let before = pieces.last, before.message == message, before.place.upperBound == place,
        before.source.upperBound == own.lowerBound || last.source == glyph.source && last.offset == glyph.offset,
        (before.source.count == before.place.count) == (own.count == end - place) || last.offset == glyph.offset
      {
        pieces[pieces.count - 1] = .init(
          message: message, source: before.source.lowerBound..<own.upperBound, place: before.place.lowerBound..<end)
      } else {
        pieces.append(.init(message: message, source: own, place: place..<end))
      }
    }
    return RenderedChat(text: text.string, pieces: pieces)
  }
}
