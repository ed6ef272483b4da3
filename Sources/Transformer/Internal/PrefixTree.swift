/// The stretches of tokens that several sequences begin with, each to be computed once.
///
///     PrefixTree([[1, 2, 3, 4], [1, 2, 3, 5], [1, 2, 9]], shortest: 1).nodes
///     // 0..<2 of all three, 2..<3 of the first two
struct PrefixTree {
  /// A stretch that its members share, behind what its parent has.
  struct Node: Hashable {
    /// The positions of the stretch.
    let range: Range<Int>
    /// Which sequences; the first stands for all.
    let members: [Int]
    /// The node of the positions before; `nil` at the beginning.
    let parent: Int?
    /// How many nodes lie before it.
    let level: Int
  }

  /// Parents before children.
  private(set) var nodes: [Node] = []
  /// For each sequence the node that has most of its tokens, if there is one.
  private(set) var deepest: [Int?]

  /// The last token of a sequence is never shared: what follows it is asked for.
  ///
  /// - Parameter shortest: the fewest tokens that are worth a stretch.
  init(_ sequences: [[Int]], shortest: Int = 8) {
    deepest = sequences.map { _ in nil }
    let order = sequences.indices.sorted {
      sequences[$0].lexicographicallyPrecedes(sequences[$1]) || (sequences[$0] == sequences[$1] && $0 < $1)
    }
    share(order[...], of: sequences, from: 0, below: nil, shortest)
  }

  /// - Parameters:
  ///   - order: sequences that agree up to `start` and maybe further, sorted.
  ///   - start: where what is not yet shared begins.
  ///   - parent: the node that ends there.
  private mutating func share(
    _ order: ArraySlice<Int>, of sequences: [[Int]], from start: Int, below parent: Int?, _ shortest: Int
  ) {
    guard order.count > 1, let first = order.first, let last = order.last else { return }
    // Sorted, so what the outermost share all share.
    let longest = order.reduce(Int.max) { min($0, sequences[$1].count - 1) }
    let end = zip(sequences[first], sequences[last]).prefix(longest).prefix { $0 == $1 }.count
    var (start, parent) = (start, parent)
    if end - start >= shortest {
      let level = parent.map { nodes[$0].level + 1 } ?? 0
      nodes.append(Node(range: start..<end, members: order.sorted(), parent: parent, level: level))
      (start, parent) = (end, nodes.count - 1)
      for member in order { deepest[member] = parent }
    }
    // Those that end here have no more to share; the others part by their next token.
    let rest = order.filter { sequences[$0].count - 1 > end }
    for run in rest.chunked(by: { sequences[$0][end] == sequences[$1][end] }) {
      share(run, of: sequences, from: start, below: parent, shortest)
    }
  }
}

extension Array {
  /// Runs of elements of which each belongs with the one before.
  fileprivate func chunked(by belongs: (Element, Element) -> Bool) -> [ArraySlice<Element>] {
    var runs: [ArraySlice<Element>] = []
    var begin = startIndex
    for index in indices.dropFirst() where !belongs(self[index - 1], self[index]) {
      runs.append(self[begin..<index])
      begin = index
    }
    if begin < endIndex { runs.append(self[begin...]) }
    return runs
  }
}
