/// How a word becomes tokens: the `model` of tokenizer.json.
enum TokenModel: Sendable {
  case bytePair(BytePairModel)
  case unigram(UnigramModel)
  case wordPiece(WordPieceModel)

  /// What is written to, and the working memory that is kept from word to word and from text to text.
  struct Output: Sendable {
    /// The tokens so far.
    var ids: [Int] = []
    /// How many bytes of its word each token since the last `removeAll` covers; together they tile the word.
    var lengths: [Int32] = []
    /// Whether lengths are asked for.
    var keepsLengths = false
    var merging = BytePairModel.Scratch()
    var lattice: [UnigramModel.Node] = []

    /// Whether this takes a few megabytes at most.
    var isSmall: Bool { lattice.capacity < 1 << 17 && merging.isSmall }

    /// Takes the tokens out; the working memory stays.
    mutating func clear() {
      ids = []
      lengths.removeAll(keepingCapacity: true)
      keepsLengths = false
    }

    /// Appends one token.
    @inline(__always)
    mutating func append(_ id: Int32, length: Int32) {
      ids.append(Int(id))
      if keepsLengths { lengths.append(length) }
    }
  }

  /// Appends the tokens of each word of some bytes, calling back after each.
  func encode(
    _ words: [Range<Int>], of bytes: UnsafeBufferPointer<UInt8>, into output: inout Output,
    _ body: (Range<Int>, inout Output) -> Void
  ) {
    // The switch stands outside the loops, so that the model is retained once and not for each word.
    switch self {
    case .bytePair(let model):
      for word in words {
        model.encode(UnsafeBufferPointer(rebasing: bytes[word]), into: &output)
        body(word, &output)
      }
    case .unigram(let model):
      for word in words {
        model.encode(UnsafeBufferPointer(rebasing: bytes[word]), into: &output)
        body(word, &output)
      }
    case .wordPiece(let model):
      for word in words {
        model.encode(UnsafeBufferPointer(rebasing: bytes[word]), into: &output)
        body(word, &output)
      }
    }
  }
}
