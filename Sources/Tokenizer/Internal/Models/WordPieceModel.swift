/// WordPiece: the longest token that a word starts with, then the longest that the rest starts with (Schuster and
/// Nakajima 2012, as BERT does it).
struct WordPieceModel: Sendable {
  /// Tokens that may start a word.
  let starting: TokenTable
  /// Tokens that may continue one, without their prefix (`##`).
  let continuing: TokenTable
  /// What a word becomes that cannot be spelled.
  let unknown: Int32
  /// Longer words are unknown.
  let characterLimit: Int
  /// The length in bytes of the longest token.
  let longest: Int

  init(vocabulary: Vocabulary, prefix: String, unknown: Int32, characterLimit: Int) {
    let prefix = Array(prefix.utf8)
    var continuing = TokenTable()
    var longest = 0
    for (entry, id) in vocabulary.ids.enumerated() {
      let name = vocabulary.names[entry]
      longest = max(longest, name.count)
      if name.starts(with: prefix) { continuing.insert(name.dropFirst(prefix.count), id: id) }
    }
    starting = vocabulary.table
    self.continuing = continuing
    self.unknown = unknown
    self.characterLimit = characterLimit
    self.longest = longest
  }

  /// Appends the tokens of one word.
  func encode(_ word: UnsafeBufferPointer<UInt8>, into output: inout TokenModel.Output) {
    guard !word.isEmpty else { return }
    let (ids, lengths) = (output.ids.count, output.lengths.count)
    var start = 0
    let characters = word.reduce(into: 0) { if $1 & 0xC0 != 0x80 { $0 += 1 } }
    if characters <= characterLimit {
      search: while start < word.count {
        let table = start == 0 ? starting : continuing
        var end = min(word.count, start + longest)
        while end > start {
          if end == word.count || word[end] & 0xC0 != 0x80,
            let id = table.find(UnsafeBufferPointer(rebasing: word[start..<end]))
          {
            output.append(id, length: Int32(end - start))
            start = end
            continue search
          }
          end -= 1
        }
        break
      }
    }
    guard start < word.count else { return }
    output.ids.removeSubrange(ids...)
    output.lengths.removeSubrange(lengths...)
    output.append(unknown, length: Int32(word.count))
  }
}
