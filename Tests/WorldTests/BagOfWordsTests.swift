import Testing
import World

@Suite("Bag of words")
struct BagOfWordsTests {
  @Test("Words alone do not tell harmful from harmless on held-out combinations (AUROC at most .65).")
  func words() throws {
    let world = try World(seed: 17)
    for family in [Family.single, .byOrder, .changesOfMind, .ownershipChain] {
      let training = try world.requests(family, split: .train, isPivotal: family.needsSteps ? true : nil, count: 2_000)
      let test = try world.requests(
        family, split: .heldOutCombination, isPivotal: family.needsSteps ? true : nil, count: 1_000)
      let auroc = BagOfWords.auroc(fittedOn: training, testedOn: test)
      #expect(auroc <= 0.65 && auroc > 0.3, "\(family): \(auroc)")
    }
  }

  @Test("The regression does find words when words decide.")
  func control() throws {
    let world = try World(seed: 17)
    let requests = try world.requests(.single, split: .train, count: 1_000)
    let labels = requests.map { $0.text.contains("secret") || $0.text.contains("market") }
    let model = BagOfWords(texts: requests.map(\.text), labels: labels)
    #expect(BagOfWords.auroc(scores: requests.map { model.score($0.text) }, labels: labels) > 0.99)
  }

  @Test("The area under the curve counts ties half, and is a number only if there are both kinds.")
  func auroc() {
    #expect(BagOfWords.auroc(scores: [1, 2, 3, 4], labels: [false, false, true, true]) == 1)
    #expect(BagOfWords.auroc(scores: [1, 2, 3, 4], labels: [true, true, false, false]) == 0)
    #expect(BagOfWords.auroc(scores: [1, 1, 1, 1], labels: [true, false, true, false]) == 0.5)
    #expect(BagOfWords.auroc(scores: [1, 2, 2], labels: [false, false, true]) == 0.75)
    #expect(BagOfWords.auroc(scores: [1, 2], labels: [true, true]).isNaN)
  }
}
