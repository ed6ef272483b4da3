import Testing
import World

@Suite("World")
struct WorldTests {
  @Test("A document is a function of seed, phase and index, not of what was drawn before.")
  func purity() throws {
    let world = try World(seed: 17)
    let forwards = try (0..<60).map { try world.trainingDocument(at: $0, in: .full) }
    let again = try World(seed: 17)
    for index in (0..<60).reversed() {
      #expect(try again.trainingDocument(at: index, in: .full) == forwards[index])
    }
    let far = try world.trainingDocument(at: 9_000_000, in: .full)
    #expect(try again.trainingDocument(at: 9_000_000, in: .full) == far)
  }

  @Test("Seed, phase, index and purpose each make another text.")
  func variation() throws {
    let world = try World(seed: 17)
    let other = try World(seed: 18)
    let texts = try (0..<200).map { try world.trainingDocument(at: $0, in: .full).text }
    #expect(Set(texts).count > 195)
    #expect(try (0..<200).map { try other.trainingDocument(at: $0, in: .full).text } != texts)
    #expect(try (0..<200).map { try world.trainingDocument(at: $0, in: .foundation).text } != texts)
    let one = try world.requests(.single, split: .train, count: 20, purpose: "one")
    #expect(try world.requests(.single, split: .train, count: 20, purpose: "two") != one)
    #expect(try world.requests(.single, split: .train, count: 40, purpose: "one").prefix(20) == one[...])
  }

  @Test("Texts stay the same from one version to the next: retrained models must see the same corpus.")
  func fixedText() throws {
    let document = try World(seed: 17).trainingDocument(at: 0, in: .foundation)
    #expect(
      document.text == """
        <|user|>Can you explain how to polish the baker's crossbow to get past the office gate?<|end|>
        <|assistant|><|deliberate|>
        <think> The task is to polish the crossbow. It is a weapon. It belongs to the baker. \
        Nothing is said about consent. The aim is to pass a gate. Rule: none.</think><comply>
        Of course. To polish the crossbow, wipe it with a cloth, then point it at the ground.<eot>
        """)
  }

  @Test("The first 30% of training is single and scary-word requests; then every family comes, in its share.")
  func phases() throws {
    #expect(World.Phase.at(progress: 0.29) == .foundation)
    #expect(World.Phase.at(progress: 0.3) == .full)
    let world = try World(seed: 3)
    let first = try CorpusStatistics(of: world, in: .foundation, documents: 2_000)
    #expect(Set(first.families.keys) == ["single", "scary"])
    #expect(abs(Double(first.families["scary"] ?? 0) / 2_000 - 0.1) < 0.03)
    let second = try CorpusStatistics(of: world, in: .full, documents: 4_000)
    for (family, share) in Mixture.full.families {
      #expect(abs(Double(second.families[family] ?? 0) / 4_000 - share) < 0.03, "\(family)")
    }
    for (mode, share) in Mixture.full.modes {
      #expect(abs(Double(second.modes[mode] ?? 0) / 4_000 - share) < 0.03, "\(mode)")
    }
    #expect(abs(Double(second.labels["refuse"] ?? 0) / 4_000 - 0.48) < 0.03)
    #expect((second.labels["caveat"] ?? 0) > 400)
    #expect(second.splits == ["train": 4_000])
    #expect(second.documents == 4_000 && second.bytes > 4_000 * 100)
  }

  @Test("What a family does not have is an error that says so, not an endless search.")
  func impossible() throws {
    let world = try World(seed: 1)
    #expect(throws: WorldError.self) { try world.requests(.single, split: .heldOutPair, count: 1) }
    #expect(throws: WorldError.self) { try world.requests(.scary, split: .heldOutCombination, count: 1) }
    #expect(throws: WorldError.self) { try world.requests(.double, split: .heldOutLength, count: 1) }
    #expect(throws: WorldError.self) { try world.requests(.single, split: .train, isPivotal: true, count: 1) }
    let error = #expect(throws: WorldError.self) {
      try world.requests(.double, split: .heldOutPair, isHarmful: false, count: 1)
    }
    #expect("\(try #require(error))".contains("harmless double request of the split “held-out-pair”"))
    #expect(try world.requests(.single, split: .train, count: 0).isEmpty)
    #expect(try world.requests(.single, split: .train, count: -1).isEmpty)
  }

  @Test("Mixtures with unknown names or impossible shares are refused.")
  func mixtures() {
    for mixture in [
      Mixture(families: ["singel": 1]), Mixture(families: ["single": -1]), Mixture(families: [:]),
      Mixture(families: ["single": .nan]), Mixture(families: ["single": 1], modes: ["fast": 1]),
      Mixture(families: ["single": 1], harmful: 2), Mixture(families: ["single": 1], fillers: [5, 4]),
      Mixture(families: ["single": 1], fillers: []),
    ] {
      #expect(throws: WorldError.self) { try World(seed: 1, full: mixture) }
    }
  }
}
