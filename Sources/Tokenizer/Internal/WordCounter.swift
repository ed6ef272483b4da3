/// Counts the distinct words of texts, so that a merge is learnt once per word and not once per occurrence.
struct WordCounter {
  private var table = ByteTable()
  private var counts: [Int] = []
  private let pattern: Pattern
  private let special: AddedTokens

  init(specialTokens: [String]) throws {
    pattern = try Pattern(SplitPattern.gpt2, file: "the trainer")
    special = try AddedTokens(
      specialTokens.enumerated().map {
        AddedTokens.Token(id: $0, content: $1, isSpecial: true)
      }, normalizer: nil)
  }

  mutating func add(_ text: String) throws {
    let bytes = Array(text.utf8)
    for part in special.split(bytes, special: true, inNormalized: false) where part.token == nil {
      try bytes.withUnsafeBufferPointer { bytes in
        let stretch = UnsafeBufferPointer(rebasing: bytes[part.range])
        try pattern.forEachMatch(in: stretch) { word in
          let entry = table.insert(UnsafeBufferPointer(rebasing: stretch[word]))
          if entry == counts.count { counts.append(1) } else { counts[entry] += 1 }
        }
      }
    }
  }

  /// The distinct words and how often each occurs, in the order of their bytes.
  var words: [(bytes: [UInt8], count: Int)] {
    counts.enumerated().map { (Array(table[$0]), $1) }.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
  }
}
