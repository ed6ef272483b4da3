/// A stretch of one sequence in the token matrix of a batch. Stretches lie end to end: there is no padding.
struct Segment {
  /// Index of the sequence in the whole batch.
  let sequence: Int
  /// The tokens of the stretch.
  let tokens: ArraySlice<Int>
  /// Position in the sequence of the first of them; the positions before lie in the cache.
  let start: Int
  /// How many tokens of the sequence are its prompt.
  let promptLength: Int
  /// The first row of the stretch in the token matrix.
  let row: Int
  /// Keys and values of the positions before, which this stretch's are added to.
  let cache: KeyValueCache?

  var count: Int { tokens.count }
  var end: Int { start + tokens.count }
}
