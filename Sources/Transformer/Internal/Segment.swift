/// One sequence of a run, with the changes that are made to it. A run may hold the same sequence many times, changed
/// differently.
struct Item: Hashable, Sendable {
  /// Index of the sequence.
  let sequence: Int
  /// Index of the list of interventions.
  let arm: Int
}

/// A stretch of one item in the token matrix of a batch. Stretches lie end to end: there is no padding.
struct Segment {
  /// Index of the item in the whole run.
  let slot: Int
  /// Which sequence it is, and what is done to it.
  let item: Item
  /// The tokens of the stretch.
  let tokens: ArraySlice<Int>
  /// Position in the sequence of the first of them; the positions before lie in the cache.
  let start: Int
  /// How many tokens of the sequence are its prompt.
  let promptLength: Int
  /// The first row of the stretch in the token matrix.
  let row: Int
  /// Keys and values of the positions before.
  let cache: KeyValueCache?
  /// Whether this stretch's keys and values are added to the cache. They are not where several items share it.
  var extendsCache = true

  var sequence: Int { item.sequence }
  var count: Int { tokens.count }
  var end: Int { start + tokens.count }

  /// Its last position alone, in another row.
  func last(row: Int) -> Segment {
    Segment(
      slot: slot, item: item, tokens: tokens.suffix(1), start: end - 1, promptLength: promptLength, row: row,
      cache: cache, extendsCache: extendsCache)
  }
}
