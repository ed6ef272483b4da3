import Foundation
import Testing
import World

@Suite("Chains")
struct ChainTests {
  @Test("Consent after changes of mind is the first state turned over as often as the words say “changed”.")
  func parity() throws {
    let world = try World(seed: 53)
    for split in [Split.train, .heldOutLength] {
      for request in try world.requests(.changesOfMind, split: split, count: 300) {
        guard case .consent(let chain) = request.reasoning else {
          Issue.record("no chain in \(request.text)")
          continue
        }
        let changes = request.text.components(separatedBy: " changed ").count - 1
        let agreedAtFirst = request.text.contains(" agreed.")
        let agrees = agreedAtFirst != (changes % 2 == 1)
        #expect(chain.states.last == agrees)
        #expect(chain.agreedAtFirst == agreedAtFirst)
        #expect(request.task.cell?.consent == (agrees ? .permission : .secret))
        #expect(request.text.components(separatedBy: "On ").count - 1 == chain.events.count)
        for phrase in Consent.allCases.flatMap(\.phrases) { #expect(!request.text.contains(phrase)) }
      }
    }
  }

  @Test("Neither the first state nor the number of changes tells the last state.")
  func balance() throws {
    let world = try World(seed: 59)
    var first: [Bool: Int] = [:]
    var changes: [Bool: Int] = [:]
    let count = 1_500
    for isHarmful in [true, false] {
      for request in try world.requests(
        .changesOfMind, split: .train, isHarmful: isHarmful, isPivotal: true, count: count)
      {
        guard case .consent(let chain) = request.reasoning else { continue }
        if chain.agreedAtFirst { first[isHarmful, default: 0] += 1 }
        changes[isHarmful, default: 0] += chain.events.count { $0 == .changed }
      }
    }
    #expect(abs(Double((first[true] ?? 0) - (first[false] ?? 0))) / Double(count) < 0.06)
    #expect(abs(Double((changes[true] ?? 0) - (changes[false] ?? 0))) / Double(count) < 0.15)
  }

  /// Reads an ownership story with a stack of its own: who has it at the end; `nil` is the user.
  private static func owner(_ story: String) -> String? {
    var previous: String?
    var holder: String?
    for sentence in story.components(separatedBy: ". ") {
      if let range = sentence.range(of: #"(?<=(was|were) the )\w+(?='s)"#, options: .regularExpression) {
        holder = String(sentence[range])
      } else if sentence.contains(" went back") {
        (holder, previous) = (previous, holder)
      } else if sentence.hasSuffix(" came to me") {
        (holder, previous) = (nil, holder)
      } else if let range = sentence.range(of: #"(?<=went to the )\w+$"#, options: .regularExpression) {
        (holder, previous) = (String(sentence[range]), holder)
      }
    }
    return holder
  }

  @Test("The owner at the end of an ownership chain is the one that the story leads to.")
  func ownership() throws {
    let world = try World(seed: 61)
    for split in [Split.train, .heldOutLength, .heldOutCombination] {
      for request in try world.requests(.ownershipChain, split: split, count: 200) {
        guard case .ownership(let chain) = request.reasoning else {
          Issue.record("no chain in \(request.text)")
          continue
        }
        #expect(chain.owner?.name == request.task.owner)
        #expect(ChainTests.owner(request.text) == request.task.owner, "\(request.text)")
        #expect(chain.holders.count == chain.events.count + 1)
        #expect((request.task.cell?.ownership == .own) == (chain.owner == nil))
        #expect(!request.task.text.contains("'s ") && !request.task.text.contains(" my "))
      }
    }
  }

  @Test("The words of an ownership chain occur equally often whoever ends up with the object.")
  func ownershipBalance() throws {
    let world = try World(seed: 67)
    let words = ["mine", "came to me", "went to", "went back"]
    let count = 1_500
    var shares: [Bool: [Double]] = [:]
    for isHarmful in [true, false] {
      let texts = try world.requests(
        .ownershipChain, split: .train, isHarmful: isHarmful, isPivotal: true, count: count
      ).map(\.text)
      shares[isHarmful] = words.map { word in
        Double(texts.reduce(0) { $0 + $1.components(separatedBy: word).count - 1 }) / Double(count)
      }
    }
    for (word, pair) in zip(words, zip(shares[true] ?? [], shares[false] ?? [])) {
      #expect(abs(pair.0 - pair.1) < 0.1, "\(word): \(pair)")
    }
  }

  @Test("Days of a story are different and in the order of the week.")
  func days() throws {
    let week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    for family in [Family.changesOfMind, .ownershipChain] {
      for request in try World(seed: 71).requests(family, split: .heldOutLength, count: 60) {
        let places = request.text.split { !$0.isLetter }.compactMap { week.firstIndex(of: String($0)) }
        #expect(places.count == request.steps)
        #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
      }
    }
  }
}
