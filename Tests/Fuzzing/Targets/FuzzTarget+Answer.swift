import Deliberation

extension FuzzTarget {
  private static let marks: [(text: String, mark: Mark)] =
    [("<think>", .think), ("</think>", .endThink), ("<eot>", .end)]
    + Decision.allCases.map { ("<\($0.rawValue)>", .decision($0)) }

  /// Of an answer only the response is seen, wherever it is cut as it comes: all of it, and no byte of anything else.
  ///
  /// The first byte says how the rest is cut.
  static func checkAnswer(_ bytes: UnsafeRawBufferPointer) throws {
    guard let cut = bytes.first else { return }
    let text = Array(String(decoding: bytes.dropFirst(), as: UTF8.self).unicodeScalars)
    let expected = read(Array(String(String.UnicodeScalarView(text)).utf8))
    var scanner = MarkerScanner(Dictionary(uniqueKeysWithValues: marks.map { ($0.mark, $0.text) }))
    var filter = ResponseFilter()
    var (shown, place, step) = ("", 0, UInt32(cut) &+ 1)
    func pass(_ pieces: [Piece]) { for piece in pieces { shown += filter.append(piece) } }
    while place < text.count {
      step = step &* 1_664_525 &+ 1_013_904_223
      let end = min(text.count, place + 1 + Int(step >> 24) % (cut < 128 ? 3 : 40))
      pass(scanner.append(String(String.UnicodeScalarView(text[place..<end]))))
      place = end
    }
    pass(scanner.finish())
    try Violation.unless(Array(shown.utf8) == expected.shown, "“\(shown)” is seen and should not be, or is not all")
    try Violation.unless(
      filter.hiddenBytes == expected.hidden && filter.shownBytes == expected.shown.count,
      "\(filter.hiddenBytes) bytes hidden and \(filter.shownBytes) shown, not \(expected.hidden) and \(expected.shown.count)"
    )
  }

  /// The same read at once, by another way: first where the marks stand, then what is between them.
  private static func read(_ bytes: [UInt8]) -> (shown: [UInt8], hidden: Int) {
    let marks = Self.marks.map { (Array($0.text.utf8), $0.mark) }
    var (shown, hidden, depth, place) = ([UInt8](), 0, 0, 0)
    var (isDecided, hasBegun) = (false, false)
    func next() -> (at: Int, length: Int, mark: Mark)? {
      for at in place..<bytes.count {
        for (spelled, mark) in marks where bytes[at...].starts(with: spelled) { return (at, spelled.count, mark) }
      }
      return nil
    }
    while place < bytes.count {
      let found = next()
      let text = bytes[place..<(found?.at ?? bytes.count)]
      if isDecided, depth == 0 {
        var seen = String(decoding: text, as: UTF8.self).unicodeScalars[...]
        if !hasBegun { seen = seen.drop { $0.properties.isWhitespace } }
        hasBegun = hasBegun || !seen.isEmpty
        shown += Array(String(seen).utf8)
      } else {
        hidden += text.count
      }
      guard let found else { break }
      place = found.at + found.length
      switch found.mark {
      case .think: depth += 1
      case .endThink: depth = max(0, depth - 1)
      case .decision: isDecided = isDecided || depth == 0
      case .end: return (shown, hidden)
      }
    }
    return (shown, hidden)
  }
}
