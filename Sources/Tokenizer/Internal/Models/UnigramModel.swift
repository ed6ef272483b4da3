/// A unigram language model over tokens (Kudo 2018): of all ways to spell a word, the most probable one.
struct UnigramModel: Sendable {
  /// A place between two bytes on the best way there.
  struct Node: Sendable {
    var score = 0.0
    /// Where the token before this place starts; -1 when nothing leads here.
    var start: Int32 = -1
    var id: Int32 = -1
  }

  /// What a character costs that no token spells, below the worst token.
  static let unknownPenalty = 10.0

  let trie: ByteTrie
  /// Log probability of each id.
  let scores: [Double]
  let unknown: Int32
  /// The ids of the 256 byte tokens, for characters that no token spells; -1 where there is none.
  let fallback: [Int32]?
  /// SentencePiece adds in single precision, Hugging Face's library in double: ties differ.
  let isSinglePrecision: Bool
  private let unknownScore: Double

  /// - Parameters:
  ///   - scores: the log probability of each id.
  ///   - lowest: the least of those that count as tokens.
  init(
    trie: ByteTrie, scores: [Double], lowest: Double, unknown: Int32, fallback: [Int32]?, isSinglePrecision: Bool
  ) {
    self.trie = trie
    self.scores = scores
    self.unknown = unknown
    self.fallback = fallback
    self.isSinglePrecision = isSinglePrecision
    let score = lowest - Self.unknownPenalty
    unknownScore = isSinglePrecision ? Double(Float(score)) : score
  }

  /// Appends the tokens of one word.
  func encode(_ word: UnsafeBufferPointer<UInt8>, into output: inout TokenModel.Output) {
    guard !word.isEmpty else { return }
    output.lattice.removeAll(keepingCapacity: true)
    output.lattice.append(contentsOf: repeatElement(Node(), count: word.count + 1))
    output.lattice.withUnsafeMutableBufferPointer { findBestPath(word, $0) }
    // From the end to the start, with neighbouring unknown characters as one token.
    var tokens: [(id: Int32, range: Range<Int>)] = []
    var end = word.count
    while end > 0 {
      let node = output.lattice[end]
      if node.id == unknown, let last = tokens.last, last.id == unknown {
        tokens[tokens.count - 1].range = Int(node.start)..<last.range.upperBound
      } else {
        tokens.append((node.id, Int(node.start)..<end))
      }
      end = Int(node.start)
    }
    for token in tokens.reversed() {
      if token.id == unknown, let fallback, word[token.range].allSatisfy({ fallback[Int($0)] >= 0 }) {
        for byte in word[token.range] { output.append(fallback[Int(byte)], length: 1) }
      } else {
        output.append(token.id, length: Int32(token.range.count))
      }
    }
  }

  /// Viterbi from left to right; of equal ways the one found first.
  private func findBestPath(_ word: UnsafeBufferPointer<UInt8>, _ nodes: UnsafeMutableBufferPointer<Node>) {
    var start = 0
    while start < word.count {
      let score = nodes[start].score
      let characterEnd = word.characterEnd(from: start)
      var hasCharacter = false
      func consider(_ id: Int32, _ tokenScore: Double, end: Int) {
        let sum = isSinglePrecision ? Double(Float(score + tokenScore)) : score + tokenScore
        if nodes[end].start < 0 || sum > nodes[end].score {
          nodes[end] = Node(score: sum, start: Int32(start), id: id)
        }
      }
      var node: Int32 = 0
      var end = start
      while end < word.count, let next = trie.step(from: node, word[end]) {
        node = next
        end += 1
        let id = trie.value(of: node)
        guard id >= 0 else { continue }
        consider(id, scores[Int(id)], end: end)
        if end == characterEnd { hasCharacter = true }
      }
      if !hasCharacter { consider(unknown, unknownScore, end: characterEnd) }
      start = characterEnd
    }
  }
}
