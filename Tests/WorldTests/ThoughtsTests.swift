import Foundation
import Testing
import World

@Suite("Thoughts")
struct ThoughtsTests {
  @Test("Thoughts end with the rules that are broken, or none and the risk.")
  func endings() throws {
    let world = try World(seed: 73)
    for index in 0..<2_000 {
      let request = try world.trainingDocument(at: index, in: .full).request
      let task = try #require(request.askedTasks.last)
      let rules = task.categories.map(\.rule).joined(separator: " and ")
      let risk = task.caveat.map { " Risk: \($0.rawValue)." } ?? ""
      #expect(request.thoughts.hasSuffix("Rule: \(rules.isEmpty ? "none" : rules).\(risk)"))
    }
  }

  @Test("Thoughts are about the task asked for, not about the other.")
  func rightTask() throws {
    let world = try World(seed: 79)
    for family in [Family.byOrder, .twoHop] {
      for request in try world.requests(family, split: .train, isPivotal: true, count: 100) {
        #expect(request.thoughts.contains("The task is to \(request.task.deed)."))
        #expect(!request.thoughts.contains(request.tasks[1 - request.asked[0]].deed))
      }
    }
  }

  @Test("Thoughts go through a chain state by state, and state its end.")
  func chains() throws {
    let world = try World(seed: 83)
    for request in try world.requests(.changesOfMind, split: .train, count: 100) {
      guard case .consent(let chain) = request.reasoning else { continue }
      let said = [chain.agreedAtFirst] + chain.states
      #expect(request.thoughts.components(separatedBy: "; ").count == said.count)
      #expect(request.thoughts.components(separatedBy: "not agreed").count - 1 == said.count { !$0 })
      #expect(request.thoughts.contains(said.last == true ? "Everyone agreed." : "Nobody agreed."))
    }
    for request in try world.requests(.ownershipChain, split: .train, count: 100) {
      guard case .ownership(let chain) = request.reasoning else { continue }
      let owner = chain.owner.map { "It belongs to \($0.phrase)." } ?? "The owner is the user."
      #expect(request.thoughts.contains(owner))
      #expect(request.thoughts.components(separatedBy: "; ").count == chain.holders.count)
    }
  }
}
