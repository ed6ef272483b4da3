/// A binary min-heap of merges that may be applied, by rank and then position.
struct MergeHeap: Sendable {
  /// A pair of neighbouring symbols that merges.
  struct Candidate: Sendable {
    /// Rank in the high half, merged id in the low half.
    let merge: UInt64
    /// Index of the left symbol.
    let position: Int32
    /// What the two symbols were when this was noted.
    let left: Int32
    let right: Int32

    func precedes(_ other: Candidate) -> Bool {
      let (rank, otherRank) = (merge >> 32, other.merge >> 32)
      return rank != otherRank ? rank < otherRank : position < other.position
    }
  }

  private var items: [Candidate] = []

  mutating func removeAll() { items.removeAll(keepingCapacity: true) }

  mutating func push(_ item: Candidate) {
    items.append(item)
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard items[child].precedes(items[parent]) else { return }
      items.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> Candidate? {
    guard let top = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return top }
    items[0] = last
    var parent = 0
    while true {
      var least = 2 * parent + 1
      guard least < items.count else { return top }
      if least + 1 < items.count, items[least + 1].precedes(items[least]) { least += 1 }
      guard items[least].precedes(items[parent]) else { return top }
      items.swapAt(parent, least)
      parent = least
    }
  }
}
