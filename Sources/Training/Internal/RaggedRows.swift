/// The rows of a token matrix in which sequences lie end to end, and which sequence has which.
struct RaggedRows {
  /// One sequence's rows.
  struct Span {
    let start: Int
    let length: Int
    /// Where its patterns `[heads, length, length]` begin.
    let pattern: Int
  }

  private(set) var spans: [Span] = []
  /// Rows in all.
  private(set) var count = 0
  /// Floats that all patterns take.
  private(set) var patternCount = 0
  /// Of each row, the row of the whole batch that it is: not the identity where sequences were left out.
  private(set) var sources: [Int] = []
  /// Of each row, its position in its sequence.
  private(set) var positions: [Int32] = []

  init(heads: Int) {
    self.heads = heads
  }

  private let heads: Int

  /// Adds a sequence whose rows begin at `source` in the whole batch.
  mutating func append(length: Int, source: Int) {
    spans.append(Span(start: count, length: length, pattern: patternCount))
    sources.append(contentsOf: source..<source + length)
    positions.append(contentsOf: 0..<Int32(length))
    count += length
    patternCount += heads * length * length
  }
}
