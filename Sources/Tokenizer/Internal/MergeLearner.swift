/// Learns merges from counted words: always the most frequent pair, ties to the pair whose bytes come first.
struct MergeLearner {
  /// A pair of tokens; byte tokens are 0 to 255, merge i makes token 256 + i.
  struct Pair: Hashable {
    let left: Int32
    let right: Int32
  }

  /// One merge: its parts as bytes.
  struct Merge {
    let left: [UInt8]
    let right: [UInt8]
  }

  private var words: [[Int32]]
  private let weights: [Int]
  /// The bytes of each token.
  private var tokens: [[UInt8]] = (0..<256).map { [UInt8($0)] }
  private var counts: [Pair: Int] = [:]
  /// Words that may hold a pair; entries can be stale.
  private var places: [Pair: Set<Int32>] = [:]
  private var queue: [Entry] = []

  private struct Entry {
    let count: Int
    let pair: Pair
  }

  init(words: [(bytes: [UInt8], count: Int)]) {
    self.words = words.map { $0.bytes.map(Int32.init) }
    weights = words.map(\.count)
    for (index, word) in self.words.enumerated() where word.count > 1 {
      for position in 0..<word.count - 1 {
        let pair = Pair(left: word[position], right: word[position + 1])
        counts[pair, default: 0] += weights[index]
        places[pair, default: []].insert(Int32(index))
      }
    }
    for (pair, count) in counts { push(Entry(count: count, pair: pair)) }
  }

  /// Learns up to `limit` merges; fewer when no pair is left that occurs often enough.
  mutating func learn(_ limit: Int, minimumCount: Int) -> [Merge] {
    var merges: [Merge] = []
    var spelled: Set<[UInt8]> = []
    while merges.count < limit, let top = pop() {
      let count = counts[top.pair] ?? 0
      if count != top.count {
        // Stale: counts only fall between pushes, so the true one goes back in line.
        if count >= max(1, minimumCount) { push(Entry(count: count, pair: top.pair)) }
        continue
      }
      guard count >= max(1, minimumCount) else { break }
      let (left, right) = (tokens[Int(top.pair.left)], tokens[Int(top.pair.right)])
      // Two ways to spell one token would give it two ids.
      guard spelled.insert(left + right).inserted else {
        counts[top.pair] = 0
        continue
      }
      merges.append(Merge(left: left, right: right))
      tokens.append(left + right)
      apply(top.pair, merged: Int32(tokens.count - 1))
    }
    return merges
  }

  private mutating func apply(_ pair: Pair, merged: Int32) {
    var touched: Set<Pair> = []
    for index in (places.removeValue(forKey: pair) ?? []).sorted() {
      let word = words[Int(index)]
      let weight = weights[Int(index)]
      var result: [Int32] = []
      var position = 0
      while position < word.count {
        if position + 1 < word.count, word[position] == pair.left, word[position + 1] == pair.right {
          result.append(merged)
          position += 2
        } else {
          result.append(word[position])
          position += 1
        }
      }
      guard result.count < word.count else { continue }
      for position in 0..<word.count - 1 {
        counts[Pair(left: word[position], right: word[position + 1]), default: 0] -= weight
      }
      if result.count > 1 {
        for position in 0..<result.count - 1 {
          let new = Pair(left: result[position], right: result[position + 1])
          counts[new, default: 0] += weight
          if new.left == merged || new.right == merged {
            places[new, default: []].insert(index)
            touched.insert(new)
          }
        }
      }
      words[Int(index)] = result
    }
    counts[pair] = 0
    for new in touched { push(Entry(count: counts[new] ?? 0, pair: new)) }
  }

  // A binary heap. The order is total, so it does not matter in which order entries came in.

  private func precedes(_ a: Entry, _ b: Entry) -> Bool {
    if a.count != b.count { return a.count > b.count }
    let (aLeft, bLeft) = (tokens[Int(a.pair.left)], tokens[Int(b.pair.left)])
    if a.pair.left != b.pair.left { return aLeft.lexicographicallyPrecedes(bLeft) }
    return tokens[Int(a.pair.right)].lexicographicallyPrecedes(tokens[Int(b.pair.right)])
  }

  private mutating func push(_ entry: Entry) {
    queue.append(entry)
    var child = queue.count - 1
    while child > 0, precedes(queue[child], queue[(child - 1) / 2]) {
      queue.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() -> Entry? {
    guard let top = queue.first, let last = queue.popLast() else { return nil }
    guard !queue.isEmpty else { return top }
    queue[0] = last
    var parent = 0
    while 2 * parent + 1 < queue.count {
      var best = 2 * parent + 1
      if best + 1 < queue.count, precedes(queue[best + 1], queue[best]) { best += 1 }
      guard precedes(queue[best], queue[parent]) else { break }
      queue.swapAt(parent, best)
      parent = best
    }
    return top
  }
}
