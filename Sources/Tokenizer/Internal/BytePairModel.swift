/// Byte-pair encoding of one word (Sennrich et al. 2016): the earliest merge first, the leftmost on ties.
struct BytePairModel: Sendable {
  /// How a word becomes its first symbols.
  enum Symbols: Sendable {
    /// One symbol a byte: the id of each byte.
    case bytes([Int32])
    /// One symbol a character; characters that the vocabulary lacks become `fallback` byte tokens when there are any.
    case characters(fallback: [Int32]?)
  }

  let symbols: Symbols
  let merges: PairTable
  /// Whole words of the vocabulary by their bytes, when those win over merges (`ignore_merges`).
  let words: ByteTable?
  /// Tokens by their spelling in the vocabulary file, and their ids.
  let vocabulary: ByteTable
  let ids: [Int32]
  let wordIDs: [Int32]
  /// The unknown token, for characters that the vocabulary lacks.
  let unknown: Int32?
  /// Whether neighbouring unknown characters become one token.
  let fusesUnknown: Bool

  /// What is written to, kept from word to word.
  struct Output {
    var ids: [Int] = []
    /// How many bytes of the word each token covers.
    var lengths: [Int32] = []
    fileprivate var links: [Link] = []
    fileprivate var heap = MergeHeap()
    fileprivate var ranks: [UInt64] = []
  }

  /// A symbol of the word in a linked list.
  fileprivate struct Link {
    var id: Int32
    var length: Int32
    var previous: Int32
    var next: Int32
  }

  /// Longer words use a heap instead of a scan.
  private static let scanLimit = 40

  /// Appends the tokens of one word.
  func encode(_ word: UnsafeBufferPointer<UInt8>, into output: inout Output) {
    if let words, let entry = words.find(word) {
      output.ids.append(Int(wordIDs[entry]))
      output.lengths.append(Int32(word.count))
      return
    }
    output.links.removeAll(keepingCapacity: true)
    switch symbols {
    case .bytes(let ids):
      for byte in word { output.links.append(Link(id: ids[Int(byte)], length: 1, previous: 0, next: 0)) }
    case .characters(let fallback):
      appendCharacters(of: word, fallback: fallback, to: &output.links)
    }
    if output.links.count <= Self.scanLimit {
      mergeByScan(&output)
    } else {
      mergeByHeap(&output)
    }
  }

  private func appendCharacters(
    of word: UnsafeBufferPointer<UInt8>, fallback: [Int32]?, to links: inout [Link]
  ) {
    var start = 0
    var lastIsUnknown = false
    while start < word.count {
      var end = start + 1
      while end < word.count, word[end] & 0xC0 == 0x80 { end += 1 }
      let character = UnsafeBufferPointer(rebasing: word[start..<end])
      let length = Int32(end - start)
      if let entry = vocabulary.find(character) {
        links.append(Link(id: ids[entry], length: length, previous: 0, next: 0))
        lastIsUnknown = false
      } else if let fallback {
        for byte in character { links.append(Link(id: fallback[Int(byte)], length: 1, previous: 0, next: 0)) }
        lastIsUnknown = false
      } else if let unknown {
        if fusesUnknown, lastIsUnknown {
          links[links.count - 1].length += length
        } else {
          links.append(Link(id: unknown, length: length, previous: 0, next: 0))
        }
        lastIsUnknown = true
      }
      start = end
    }
  }

  private func mergeByScan(_ output: inout Output) {
    let count = output.links.count
    guard count > 1 else {
      if let link = output.links.first {
        output.ids.append(Int(link.id))
        output.lengths.append(link.length)
      }
      return
    }
    output.ranks.removeAll(keepingCapacity: true)
    for index in 0..<count - 1 {
      output.ranks.append(merges.find(output.links[index].id, output.links[index + 1].id))
    }
    var live = count
    output.links.withUnsafeMutableBufferPointer { links in
      output.ranks.withUnsafeMutableBufferPointer { ranks in
        while live > 1 {
          var best = 0
          for index in 1..<max(1, live - 1) where ranks[index] < ranks[best] { best = index }
          guard ranks[best] != PairTable.none else { break }
          links[best].id = Int32(truncatingIfNeeded: ranks[best])
          links[best].length += links[best + 1].length
          live -= 1
          if best + 1 < live {
            for index in best + 1..<live { links[index] = links[index + 1] }
            for index in best..<live - 1 { ranks[index] = ranks[index + 1] }
            ranks[best] = merges.find(links[best].id, links[best + 1].id)
          }
          if best > 0 { ranks[best - 1] = merges.find(links[best - 1].id, links[best].id) }
        }
      }
    }
    for link in output.links[..<live] {
      output.ids.append(Int(link.id))
      output.lengths.append(link.length)
    }
  }

  private func mergeByHeap(_ output: inout Output) {
    let count = output.links.count
    output.heap.removeAll()
    for index in 0..<count {
      output.links[index].previous = Int32(index - 1)
      output.links[index].next = index + 1 < count ? Int32(index + 1) : -1
    }
    func consider(_ left: Int32, _ output: inout Output) {
      guard left >= 0 else { return }
      let link = output.links[Int(left)]
      guard link.next >= 0 else { return }
      let right = output.links[Int(link.next)]
      let merge = merges.find(link.id, right.id)
      if merge != PairTable.none {
        output.heap.push(.init(merge: merge, position: left, left: link.id, right: right.id))
      }
    }
    for index in 0..<count - 1 { consider(Int32(index), &output) }
    while let candidate = output.heap.pop() {
      let position = Int(candidate.position)
      let link = output.links[position]
      // Stale when either side has merged since: merged-away symbols have length 0.
      guard link.length > 0, link.id == candidate.left, link.next >= 0 else { continue }
      let right = output.links[Int(link.next)]
      guard right.id == candidate.right else { continue }
      output.links[position].id = Int32(truncatingIfNeeded: candidate.merge)
      output.links[position].length += right.length
      output.links[Int(link.next)].length = 0
      output.links[position].next = right.next
      if right.next >= 0 { output.links[Int(right.next)].previous = candidate.position }
      consider(link.previous, &output)
      consider(candidate.position, &output)
    }
    var position: Int32 = 0
    while position >= 0 {
      let link = output.links[Int(position)]
      output.ids.append(Int(link.id))
      output.lengths.append(link.length)
      position = link.next
    }
  }
}
