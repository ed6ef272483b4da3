/// A text made ready for phrases to be looked for in it: without case, with one shape of apostrophe, with single spaces.
struct Wording {
  private let characters: [Character]
  /// Which character of the text each one was. `[characters]`
  private let origins: [Int]

  init(_ text: String) {
    var (characters, origins): ([Character], [Int]) = ([], [])
    for (index, character) in text.enumerated() {
      let plain: String =
        switch character {
        case "’", "‘", "ʼ": "'"
        case _ where character.isWhitespace: " "
        default: character.lowercased()
        }
      for each in plain where each != " " || characters.last != " " {
        characters.append(each)
        origins.append(index)
      }
    }
    (self.characters, self.origins) = (characters, origins)
  }

  /// Where a phrase stands.
  struct Occurrence: Hashable {
    /// The character of the text that it begins with.
    let start: Int
    /// The character behind its last.
    let end: Int
    /// Whether a word shortly before it, in the same clause, denies it.
    let isDenied: Bool
  }

  /// Every place where a phrase stands as whole words.
  ///
  /// - Parameters:
  ///   - negations: words that deny what follows them.
  ///   - reach: how many words before the phrase may deny it.
  func occurrences(of phrase: String, negations: Set<String>, reach: Int) -> [Occurrence] {
    let wanted = Wording(phrase).characters
    guard !wanted.isEmpty, wanted.count <= characters.count else { return [] }
    return (0...characters.count - wanted.count).compactMap { start in
      let end = start + wanted.count
      guard characters[start..<end].elementsEqual(wanted), isBoundary(start), isBoundary(end) else { return nil }
      let before = words(before: start).suffix(reach)
      return Occurrence(
        start: origins[start], end: origins[end - 1] + 1,
        isDenied: before.contains { negations.contains($0) || $0.hasSuffix("n't") })
    }
  }

  /// Whether no word goes on across a place.
  private func isBoundary(_ place: Int) -> Bool {
    guard place > 0, place < characters.count else { return true }
    return !(Self.isOfWord(characters[place - 1]) && Self.isOfWord(characters[place]))
  }

  /// The words between the last mark of punctuation and a place.
  private func words(before place: Int) -> [String] {
    let clause = characters[..<place].reversed().prefix { Self.isOfWord($0) || $0 == " " || $0 == "-" }.reversed()
    return clause.split { !Self.isOfWord($0) }.map { String($0) }
  }

  private static func isOfWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "'"
  }
}
