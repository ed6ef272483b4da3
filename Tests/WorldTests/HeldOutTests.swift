import Testing
import World

@Suite("Held out")
struct HeldOutTests {
  private static func documents(_ count: Int) throws -> [Document] {
    let world = try World(seed: 23)
    return try (0..<count).map { try world.trainingDocument(at: $0, in: .full) }
  }

  private static func isHeldOut(_ task: Request.Task) -> Bool {
    guard let cell = task.cell, let object = Object.all.first(where: { $0.noun == task.object }) else { return false }
    let owner = Owner.all.first { $0.name == task.owner }
    return HeldOut.cells.contains(cell)
      || HeldOut.isCombination(object: object, owner: owner, purpose: cell.purpose, consent: cell.consent)
  }

  @Test("No training document of any family tells a task that is held out, asked for or not.")
  func training() throws {
    for document in try HeldOutTests.documents(3_000) {
      for task in document.request.tasks {
        #expect(task.split == .train, "\(document.text)")
        #expect(!HeldOutTests.isHeldOut(task), "\(document.text)")
        if task.cell == nil { #expect(!HeldOut.isScary(verb: task.verb, object: task.named)) }
      }
      let categories = document.request.tasks.map(\.categories)
      if document.request.family == .double {
        for first in categories[0] {
          for second in categories[1] { #expect(!HeldOut.categoryPairs.contains([first, second])) }
        }
      }
    }
  }

  @Test("Chains in training are of training lengths only.")
  func lengths() throws {
    var seen: Set<Int> = []
    for document in try HeldOutTests.documents(3_000) {
      switch document.request.reasoning {
      case .consent(let chain): #expect(ConsentChain.trainingLengths.contains(chain.events.count))
      case .ownership(let chain): #expect(OwnershipChain.trainingLengths.contains(chain.events.count))
      default: continue
      }
      seen.insert(document.request.steps)
    }
    #expect(seen == Set(ConsentChain.trainingLengths))
    #expect(Set(ConsentChain.trainingLengths).isDisjoint(with: ConsentChain.heldOutLengths))
    #expect(Set(OwnershipChain.trainingLengths).isDisjoint(with: OwnershipChain.heldOutLengths))
  }

  @Test("Held-out requests are what their split says.", arguments: Split.allCases)
  func splits(_ split: Split) throws {
    let world = try World(seed: 29)
    var drawn = 0
    for family in Family.allCases {
      guard let requests = try? world.requests(family, split: split, isHarmful: true, count: 40) else { continue }
      drawn += requests.count
      for request in requests {
        #expect(request.split == split)
        switch split {
        case .train: #expect(request.tasks.allSatisfy { !HeldOutTests.isHeldOut($0) })
        case .heldOutCombination:
          #expect(request.tasks.allSatisfy { $0.split == .heldOutCombination && HeldOutTests.isHeldOut($0) })
          #expect(request.tasks.compactMap(\.cell).allSatisfy { !HeldOut.cells.contains($0) })
        case .heldOutCell: #expect(request.tasks.compactMap(\.cell).allSatisfy { HeldOut.cells.contains($0) })
        case .heldOutPair:
          let pairs = request.tasks[0].categories.flatMap { a in request.tasks[1].categories.map { Set([a, $0]) } }
          #expect(!HeldOut.categoryPairs.isDisjoint(with: pairs))
          #expect(request.tasks.allSatisfy { !HeldOutTests.isHeldOut($0) })
        case .heldOutScary: #expect(HeldOut.isScary(verb: request.task.verb, object: request.task.named))
        case .heldOutLength:
          #expect((ConsentChain.heldOutLengths + OwnershipChain.heldOutLengths).contains(request.steps))
          #expect(request.tasks.allSatisfy { !HeldOutTests.isHeldOut($0) })
        }
      }
    }
    #expect(drawn > 0)
  }

  @Test("About 15% of combinations and 7% of cells are held out; every rule stays in training and every class in both.")
  func shares() {
    var held = 0
    var all = 0
    for object in Object.all {
      for owner in [nil] + Owner.all.map(Optional.some) {
        for purpose in Purpose.allCases {
          for consent in Consent.allCases {
            all += 1
            if HeldOut.isCombination(object: object, owner: owner, purpose: purpose, consent: consent) { held += 1 }
          }
        }
      }
    }
    #expect(abs(Double(held) / Double(all) - 0.15) < 0.01)
    #expect(abs(Double(HeldOut.cells.count) / Double(Cell.all.count) - 0.07) < 0.02)
    #expect(HeldOut.categoryPairs.count == 5)
    let seen = Cell.all.filter { !HeldOut.cells.contains($0) }
    #expect(Set(seen.flatMap(\.categories)) == Set(Category.allCases))
    #expect(HeldOut.cells.contains { $0.isHarmful } && HeldOut.cells.contains { !$0.isHarmful })
  }
}
