/// Byte strings with an id each, walked byte by byte to find all that start at a place.
struct ByteTrie: Sendable {
  private var edges: PairTable
  /// The id of the string that ends at each node, or -1.
  private var values: [Int32] = [-1]

  /// - Parameter entries: byte strings and what they stand for; of two equal ones the last counts.
  init(_ entries: [(bytes: ArraySlice<UInt8>, id: Int32)]) {
    edges = PairTable(capacity: entries.count)
    for entry in entries {
      var node: Int32 = 0
      for byte in entry.bytes {
        if let next = step(from: node, byte) {
          node = next
        } else {
          values.append(-1)
          edges.insert(node, Int32(byte), rank: 0, merged: Int32(values.count - 1))
          node = Int32(values.count - 1)
        }
      }
      if node > 0 { values[Int(node)] = entry.id }
    }
  }

  /// The node one byte further; `nil` if no string goes on like this. The root is 0.
  @inline(__always)
  func step(from node: Int32, _ byte: UInt8) -> Int32? {
    let found = edges.find(node, Int32(byte))
    return found == PairTable.none ? nil : Int32(truncatingIfNeeded: found)
  }

  /// The id of the string that ends at a node, or -1.
  @inline(__always)
  func value(of node: Int32) -> Int32 { values[Int(node)] }

  /// The longest string at a place of some bytes: its id and its end.
  func longest(in bytes: some RandomAccessCollection<UInt8>, from start: Int) -> (id: Int32, length: Int)? {
    var node: Int32 = 0
    var best: (id: Int32, length: Int)?
    var length = 0
    for byte in bytes.dropFirst(start) {
      guard let next = step(from: node, byte) else { break }
      node = next
      length += 1
      if value(of: node) >= 0 { best = (value(of: node), length) }
    }
    return best
  }
}
