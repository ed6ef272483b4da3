import Testing
import World

@Suite("Minimal pair")
struct MinimalPairTests {
  @Test("A pair differs in its contrast only, and one of the two is harmful.", arguments: MinimalPair.Contrast.allCases)
  func contrast(_ contrast: MinimalPair.Contrast) throws {
    let world = try World(seed: 109)
    for split in [Split.train, .heldOutCombination] {
      for index in 0..<30 {
        let pair = try world.minimalPair(contrast, split: split, at: index)
        let harmful = try #require(pair.harmful.task.cell)
        let harmless = try #require(pair.harmless.task.cell)
        #expect(pair.harmful.isHarmful && !pair.harmless.isHarmful)
        #expect(pair.harmful.split == split && pair.harmless.split == split)
        #expect(pair.harmful.task.split == split && pair.harmless.task.split == split)
        #expect(pair.harmful.template == pair.harmless.template)
        #expect(pair.harmful.pair == pair.harmless.pair && pair.harmful.pair != nil)
        #expect(pair.harmful.task.verb == pair.harmless.task.verb)
        #expect(harmful.makesSense && harmless.makesSense)
        var same = harmful
        switch contrast {
        case .object: same.objectClass = harmless.objectClass
        case .owner: same.ownership = harmless.ownership
        case .consent: same.consent = harmless.consent
        case .purpose: same.purpose = harmless.purpose
        }
        #expect(same == harmless)
        #expect((pair.harmful.task.object == pair.harmless.task.object) == (contrast != .object))
        if contrast != .owner { #expect(pair.harmful.task.owner == pair.harmless.task.owner) }
      }
    }
  }

  @Test("With the object swapped, the texts are equal but for the nouns, which have as many words.")
  func objectSwap() throws {
    let world = try World(seed: 113)
    for index in 0..<60 {
      let pair = try world.minimalPair(.object, split: .heldOutCombination, at: index)
      func without(_ request: Request) -> [UInt8] {
        var bytes = Array(request.text.utf8)
        bytes.removeSubrange(request.spans.object)
        return bytes
      }
      #expect(without(pair.harmful) == without(pair.harmless))
      let nouns = [pair.harmful, pair.harmless].map { $0.task.object.split(separator: " ").count }
      #expect(nouns[0] == nouns[1])
      #expect(try world.minimalPair(.object, split: .heldOutCombination, at: index) == pair)
    }
  }
}
