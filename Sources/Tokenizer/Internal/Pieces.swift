/// What each token id stands for in decoded text.
struct Pieces: Sendable {
  private var storage: [UInt8] = []
  private var starts: [Int] = [0]
  private let special: Set<Int>
  /// Whether one space is removed at the start of decoded text.
  let stripsLeadingSpace: Bool

  init(names: ByteTable, nameOfID: [Int32], added: [AddedTokens.Token], decoding: PipelineReader.Decoding) {
    stripsLeadingSpace = decoding.stripsLeadingSpace
    special = Set(added.filter(\.isSpecial).map(\.id))
    let addedIDs = Set(added.map(\.id))
    for (id, name) in nameOfID.enumerated() {
      if name >= 0 {
        storage += Self.bytes(of: names[Int(name)], isAdded: addedIDs.contains(id), decoding)
      }
      starts.append(storage.count)
    }
  }

  private static func bytes(
    of name: ArraySlice<UInt8>, isAdded: Bool, _ decoding: PipelineReader.Decoding
  ) -> [UInt8] {
    if isAdded { return Array(name) }
    if decoding.isByteLevel {
      return ByteAlphabet.bytes(of: String(decoding: name, as: UTF8.self)) ?? Array(name)
    }
    if decoding.hasByteFallback, let byte = ByteFallback.byte(of: name) { return [byte] }
    var result = Array(name)
    for (from, to) in decoding.replacements {
      for range in result.ranges(of: from).reversed() { result.replaceSubrange(range, with: to) }
    }
    return result
  }

  func isSpecial(_ id: Int) -> Bool { special.contains(id) }

  /// The bytes of a token; none for an id that no token has.
  subscript(id: Int) -> ArraySlice<UInt8> {
    guard id >= 0, id < starts.count - 1 else { return [] }
    return storage[starts[id]..<starts[id + 1]]
  }
}
