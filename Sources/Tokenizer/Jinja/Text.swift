/// A string of the template language that knows where its characters came from.
///
/// Each character carries its Unicode scalar and, when it stems from a message, which message and where in it. Slicing,
/// joining, trimming and replacing move characters about with their origins, so the rendered prompt can say exactly
/// where each piece of a message landed: nothing is searched for. Characters are scalars, as in Python.
struct Text: Sendable {
  /// One character: 21 bits of scalar, 15 of source (0 is the template itself), 28 of place in the source.
  struct Glyph: Sendable, Hashable {
    let bits: UInt64

    init(_ scalar: Unicode.Scalar, source: Int = 0, offset: Int = 0) {
      bits = UInt64(scalar.value) | UInt64(source) << 21 | UInt64(offset) << 36
    }

    var scalar: Unicode.Scalar { Unicode.Scalar(UInt32(bits & 0x1F_FFFF)) ?? "\u{FFFD}" }
    var source: Int { Int(bits >> 21 & 0x7FFF) }
    var offset: Int { Int(bits >> 36) }

    /// The same place in the source with another character.
    func with(_ scalar: Unicode.Scalar) -> Glyph { Glyph(scalar, source: source, offset: offset) }

    var isWhitespace: Bool {
      // Python's str.isspace: White_Space, and the information separators.
      scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
  }

  static let maximumSources = 0x7FFF
  static let maximumOffset = 0xFFF_FFFF

  var glyphs: [Glyph]
  /// Whether `escape` or `safe` made it: it is not escaped again, and what is added to it is.
  var isMarkup = false

  init(glyphs: [Glyph] = []) { self.glyphs = glyphs }

  init(glyphs: some Sequence<Glyph>) { self.glyphs = Array(glyphs) }

  /// Text of the template itself, or (with a source) of a message.
  init(_ string: String, source: Int = 0) {
    glyphs = []
    for (offset, scalar) in string.unicodeScalars.enumerated() {
      glyphs.append(Glyph(scalar, source: source, offset: source == 0 ? 0 : offset))
    }
  }

  var count: Int { glyphs.count }
  var isEmpty: Bool { glyphs.isEmpty }

  /// The characters alone.
  var string: String {
    var view = String.UnicodeScalarView()
    for glyph in glyphs { view.append(glyph.scalar) }
    return String(view)
  }

  static func + (a: Text, b: Text) -> Text { Text(glyphs: a.glyphs + b.glyphs) }

  /// Whether the characters are the same, wherever they came from.
  static func same(_ a: some Collection<Glyph>, _ b: some Collection<Glyph>) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.scalar == $1.scalar }
  }

  /// Order by scalars, as in Python.
  func precedes(_ other: Text) -> Bool {
    glyphs.lexicographicallyPrecedes(other.glyphs) { $0.scalar < $1.scalar }
  }

  /// Where another text first occurs at or after a place.
  func firstIndex(of other: Text, from start: Int = 0) -> Int? {
    guard start + other.count <= count else { return nil }
    return (start...count - other.count).first { Text.same(glyphs[$0..<$0 + other.count], other.glyphs) }
  }

  /// Where another text last occurs, ending at or before a place.
  func lastIndex(of other: Text, before end: Int? = nil) -> Int? {
    let end = end ?? count
    guard other.count <= end else { return nil }
    return (0...end - other.count).last { Text.same(glyphs[$0..<$0 + other.count], other.glyphs) }
  }

  func hasPrefix(_ other: Text) -> Bool { Text.same(glyphs.prefix(other.count), other.glyphs) }
  func hasSuffix(_ other: Text) -> Bool { Text.same(glyphs.suffix(other.count), other.glyphs) }

  /// Without the characters that satisfy a condition at its ends.
  func trimmed(left: Bool = true, right: Bool = true, where drop: (Glyph) -> Bool = \.isWhitespace) -> Text {
    var slice = glyphs[...]
    if left { slice = slice.drop(while: drop) }
    if right {
      while let last = slice.last, drop(last) { slice.removeLast() }
    }
    return Text(glyphs: slice)
  }

  func replacing(_ old: Text, with new: Text, limit: Int = .max) -> Text {
    var result: [Glyph] = []
    var position = 0
    var done = 0
    while done < limit, position <= count, let found = firstIndex(of: old, from: position) {
      result += glyphs[position..<found]
      result += new.glyphs
      done += 1
      if old.isEmpty {
        // Python puts the new text before every character and at the end.
        guard found < count else { return Text(glyphs: result) }
        result.append(glyphs[found])
        position = found + 1
      } else {
        position = found + old.count
      }
    }
    if position < count { result += glyphs[position...] }
    return Text(glyphs: result)
  }

  /// How many characters more there are once a text is replaced by a longer one.
  func growth(replacing old: Text, with new: Text) -> Int {
    guard new.count > old.count else { return 0 }
    let occurrences = old.isEmpty ? count + 1 : split(separator: old).count - 1
    let (growth, overflow) = occurrences.multipliedReportingOverflow(by: new.count - old.count)
    return overflow ? .max : growth
  }

  func split(separator: Text, limit: Int = .max) -> [Text] {
    var parts: [Text] = []
    var position = 0
    while parts.count < limit, let found = firstIndex(of: separator, from: position) {
      parts.append(Text(glyphs: glyphs[position..<found]))
      position = found + separator.count
    }
    return parts + [Text(glyphs: glyphs[position...])]
  }

  /// The words between runs of white space.
  func words(limit: Int = .max) -> [Text] {
    var parts: [Text] = []
    var rest = glyphs.drop(while: \.isWhitespace)
    while !rest.isEmpty {
      if parts.count == limit {
        parts.append(Text(glyphs: Array(rest)))
        break
      }
      let word = rest.prefix { !$0.isWhitespace }
      parts.append(Text(glyphs: word))
      rest = rest.dropFirst(word.count).drop(while: \.isWhitespace)
    }
    return parts
  }

  func lines(keepingEnds: Bool = false) -> [Text] {
    let breaks: Set<Unicode.Scalar> = [
      "\n", "\r", "\u{0B}", "\u{0C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}",
    ]
    var parts: [Text] = []
    var start = 0
    var position = 0
    while position < count {
      if breaks.contains(glyphs[position].scalar) {
        let end = position
        if glyphs[position].scalar == "\r", position + 1 < count, glyphs[position + 1].scalar == "\n" { position += 1 }
        parts.append(Text(glyphs: glyphs[start..<(keepingEnds ? position + 1 : end)]))
        start = position + 1
      }
      position += 1
    }
    if start < count { parts.append(Text(glyphs: glyphs[start...])) }
    return parts
  }

  /// Each character mapped to others, which keep its origin; `nil` leaves it as it is, and takes no time.
  func mapped(_ transform: (Unicode.Scalar) -> String?) -> Text {
    var mapped: [Glyph] = []
    mapped.reserveCapacity(count)
    for glyph in glyphs {
      guard let new = transform(glyph.scalar) else {
        mapped.append(glyph)
        continue
      }
      for scalar in new.unicodeScalars { mapped.append(glyph.with(scalar)) }
    }
    return Text(glyphs: mapped)
  }

  var uppercased: Text { mapped { $0.properties.uppercaseMapping } }
  var lowercased: Text { mappedByPlace { index, _ in lowercased(at: index) } }

  /// Each character mapped to others, which keep its origin, by its place.
  func mappedByPlace(_ transform: (Int, Unicode.Scalar) -> String) -> Text {
    Text(
      glyphs: glyphs.enumerated().flatMap { index, glyph in
        transform(index, glyph.scalar).unicodeScalars.map { glyph.with($0) }
      })
  }

  /// The small letter of a character: a sigma at the end of a word has its own.
  func lowercased(at index: Int) -> String {
    let scalar = glyphs[index].scalar
    guard scalar == "Σ" else { return scalar.properties.lowercaseMapping }
    func isCased(_ glyphs: some Sequence<Glyph>) -> Bool {
      glyphs.first { !$0.scalar.properties.isCaseIgnorable }?.scalar.properties.isCased ?? false
    }
    return isCased(glyphs[..<index].reversed()) && !isCased(glyphs[(index + 1)...]) ? "ς" : "σ"
  }

  var capitalized: Text {
    mappedByPlace { index, scalar in index == 0 ? scalar.properties.titlecaseMapping : lowercased(at: index) }
  }
}
