/// Byte-pair encoding of one word (Sennrich et al. 2016): the earliest merge first, the leftmost on ties.
struct BytePairModel: Sendable {
  /// How a word becomes its first symbols.
  enum Symbols: Sendable {
    /// One symbol a byte: the id of each byte.
    case bytes([Int32])
    /// One symbol a character.
    case characters(Characters)
  }

  /// The symbols of single characters.
  struct Characters: Sendable {
    /// Tokens by their text.
    let tokens: TokenTable
    /// The id of each byte's token, -1 where there is none: they spell characters that are no token.
    let fallback: [Int32]?
    /// The token of what cannot be spelled; without one it is dropped.
    let unknown: Int32?
    /// Whether neighbouring unknown characters become one token.
    let fusesUnknown: Bool
  }

  let symbols: Symbols
  let merges: PairTable
  /// Words that are tokens as they stand, whatever the merges (`ignore_merges`).
  let words: TokenTable?

  /// Working memory, kept from word to word.
  struct Scratch: Sendable {
    fileprivate var links: [Link] = []
    fileprivate var heap = MergeHeap()
    fileprivate var ranks: [UInt64] = []
    fileprivate var cache = WordCache()

    /// Whether this takes a few megabytes at most.
    var isSmall: Bool { links.capacity < 1 << 17 }
  }

  /// A symbol of the word in a linked list.
  fileprivate struct Link: Sendable {
    var id: Int32
    var length: Int32
    var previous: Int32 = 0
    var next: Int32 = 0
  }

  /// Longer words use a heap instead of a scan.
  private static let scanLimit = 40

  /// Appends the tokens of one word.
  @inline(__always)
  func encode(_ word: UnsafeBufferPointer<UInt8>, into output: inout TokenModel.Output) {
    guard let key = WordCache.Key(word) else { return encodeAnew(word, into: &output) }
    if output.merging.cache.append(key, to: &output.ids, &output.lengths, keepsLengths: output.keepsLengths) { return }
    encodeAndKeep(word, key, into: &output)
  }

  @inline(never)
  private func encodeAndKeep(
    _ word: UnsafeBufferPointer<UInt8>, _ key: WordCache.Key, into output: inout TokenModel.Output
  ) {
    let (first, firstLength, keeps) = (output.ids.count, output.lengths.count, output.keepsLengths)
    output.keepsLengths = true
    encodeAnew(word, into: &output)
    output.keepsLengths = keeps
    output.merging.cache.keep(key, ids: output.ids[first...], lengths: output.lengths[firstLength...])
    if !keeps { output.lengths.removeSubrange(firstLength...) }
  }

  private func encodeAnew(_ word: UnsafeBufferPointer<UInt8>, into output: inout TokenModel.Output) {
    if let words, let id = words.find(word) {
      output.append(id, length: Int32(word.count))
      return
    }
    output.merging.links.removeAll(keepingCapacity: true)
    switch symbols {
    case .bytes(let ids):
      for byte in word { output.merging.links.append(Link(id: ids[Int(byte)], length: 1)) }
    case .characters(let characters):
      characters.append(word, to: &output.merging.links)
    }
    switch output.merging.links.count {
    case 0: break
    case 1: output.append(output.merging.links[0].id, length: output.merging.links[0].length)
    case ...Self.scanLimit: mergeByScan(&output)
    default: mergeByHeap(&output)
    }
  }

  private func mergeByScan(_ output: inout TokenModel.Output) {
    let count = output.merging.links.count
    output.merging.ranks.removeAll(keepingCapacity: true)
    for index in 0..<count - 1 {
      output.merging.ranks.append(merges.find(output.merging.links[index].id, output.merging.links[index + 1].id))
    }
    var live = count
    output.merging.links.withUnsafeMutableBufferPointer { links in
      output.merging.ranks.withUnsafeMutableBufferPointer { ranks in
        while live > 1 {
          var best = 0
          for index in 1..<max(1, live - 1) where PairTable.precedes(ranks[index], ranks[best]) { best = index }
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
    for index in 0..<live {
      let link = output.merging.links[index]
      output.append(link.id, length: link.length)
    }
  }

  private func mergeByHeap(_ output: inout TokenModel.Output) {
    mergeByHeap(&output.merging)
    var position: Int32 = 0
    while position >= 0 {
      let link = output.merging.links[Int(position)]
      output.append(link.id, length: link.length)
      position = link.next
    }
  }

  private func mergeByHeap(_ scratch: inout Scratch) {
    let count = scratch.links.count
    scratch.heap.removeAll()
    for index in 0..<count {
      scratch.links[index].previous = Int32(index - 1)
      scratch.links[index].next = index + 1 < count ? Int32(index + 1) : -1
    }
    func consider(_ left: Int32, _ scratch: inout Scratch) {
      guard left >= 0 else { return }
      let link = scratch.links[Int(left)]
      guard link.next >= 0 else { return }
      let right = scratch.links[Int(link.next)]
      let merge = merges.find(link.id, right.id)
      if merge != PairTable.none {
        scratch.heap.push(.init(merge: merge, position: left, left: link.id, right: right.id))
      }
    }
    for index in 0..<count - 1 { consider(Int32(index), &scratch) }
    while let candidate = scratch.heap.pop() {
      let position = Int(candidate.position)
      let link = scratch.links[position]
      // Stale when either side has merged since: merged-away symbols have length 0.
      guard link.length > 0, link.id == candidate.left, link.next >= 0 else { continue }
      let right = scratch.links[Int(link.next)]
      guard right.id == candidate.right else { continue }
      scratch.links[position].id = Int32(truncatingIfNeeded: candidate.merge)
      scratch.links[position].length += right.length
      scratch.links[Int(link.next)].length = 0
      scratch.links[position].next = right.next
      if right.next >= 0 { scratch.links[Int(right.next)].previous = candidate.position }
      consider(link.previous, &scratch)
      consider(candidate.position, &scratch)
    }
  }
}

extension BytePairModel.Characters {
  /// Appends a symbol for each character of a word.
  fileprivate func append(_ word: UnsafeBufferPointer<UInt8>, to links: inout [BytePairModel.Link]) {
    var start = 0
    var lastIsUnknown = false
    // The bytes of dropped characters count with the token before them, or else with the one after.
    var dropped: Int32 = 0
    while start < word.count {
      let end = word.characterEnd(from: start)
      let character = UnsafeBufferPointer(rebasing: word[start..<end])
      let length = Int32(end - start)
      start = end
      if let id = tokens.find(character) {
        links.append(.init(id: id, length: length + dropped))
        lastIsUnknown = false
      } else if let fallback, character.allSatisfy({ fallback[Int($0)] >= 0 }) {
        for byte in character {
          links.append(.init(id: fallback[Int(byte)], length: 1 + dropped))
          dropped = 0
        }
        lastIsUnknown = false
      } else if let unknown {
        if fusesUnknown, lastIsUnknown {
          links[links.count - 1].length += length
        } else {
          links.append(.init(id: unknown, length: length))
        }
        lastIsUnknown = true
      } else if links.isEmpty {
        dropped += length
        continue
      } else {
        links[links.count - 1].length += length
      }
      dropped = 0
    }
  }
}
