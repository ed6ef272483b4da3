import Foundation
import Testing
import World

@Suite("Request")
struct RequestTests {
  private static func requests() throws -> [Request] {
    let world = try World(seed: 31)
    return try (0..<2_500).map { try world.trainingDocument(at: $0, in: .full).request }
  }

  private static func cut(_ text: String, _ range: Range<Int>) -> String {
    String(decoding: Array(text.utf8)[range], as: UTF8.self)
  }

  @Test("Spans cut exactly the object's noun and the task's text, for every task told.")
  func spans() throws {
    for request in try RequestTests.requests() {
      #expect(request.taskSpans.count == request.tasks.count)
      for (task, spans) in zip(request.tasks, request.taskSpans) {
        #expect(RequestTests.cut(request.text, spans.object) == task.object)
        #expect(RequestTests.cut(request.text, spans.task) == task.text)
        #expect(RequestTests.cut(task.text, task.objectRange) == task.object)
      }
    }
  }

  @Test("The words of a single request say its cell, and nothing else: reading them back gives the label.")
  func words() throws {
    for request in try World(seed: 37).requests(.single, split: .train, count: 1_500) {
      let cell = try #require(request.task.cell)
      let object = try #require(Object.all.first { $0.noun == request.task.object })
      let owners = Owner.all.filter { request.text.contains(" \($0.possessive) \(object.noun)") }
      let isOwn = ["my", "my own", "our"].contains { request.text.contains(" \($0) \(object.noun)") }
      let purposes = Purpose.allCases.filter { purpose in
        purpose.phrases.contains { request.text.contains(Template($0)(["p": object.pronoun])) }
      }
      let consents = Consent.allCases.filter { $0.phrases.contains { request.text.contains(" " + $0) } }
      #expect(owners.count == (isOwn ? 0 : 1))
      #expect(purposes.count <= 1 && consents.count <= 1)
      let read = Cell(
        objectClass: object.objectClass, ownership: isOwn ? .own : .other,
        isEdited: ObjectClass.editVerbs.contains(request.task.verb), purpose: purposes.first ?? .none,
        consent: consents.first ?? .none)
      #expect(read == cell, "\(request.text)")
      #expect(request.label == read.label)
    }
  }

  @Test("The label is the strictest of the tasks asked for, and of no other.")
  func labels() throws {
    for request in try RequestTests.requests() {
      let asked = request.asked.map { request.tasks[$0] }
      #expect(request.isHarmful == asked.contains { !$0.categories.isEmpty })
      #expect((request.label == .comply) == asked.allSatisfy { $0.categories.isEmpty && $0.caveat == nil })
      #expect(Set(request.categories) == Set(asked.flatMap(\.categories)))
      for task in request.tasks where task.cell != nil { #expect(task.categories == task.cell?.categories) }
      #expect(asked.count == (request.family == .double ? 2 : 1))
    }
  }

  @Test("Two tasks in one request are about two objects.")
  func twoObjects() throws {
    for request in try RequestTests.requests() where request.tasks.count == 2 {
      #expect(request.tasks[0].object != request.tasks[1].object)
    }
  }

  @Test("The plan asked for is the one that the words mean, named or by the other one's place.")
  func byOrder() throws {
    for request in try World(seed: 41).requests(.byOrder, split: .train, count: 300) {
      let question = request.text.dropFirst(request.taskSpans[1].task.upperBound)
      let names = ["first", "second"].filter(question.contains)
      #expect(names.count == 1)
      let named = names == ["first"] ? 0 : 1
      #expect(request.asked == [question.contains("other") ? 1 - named : named])
      #expect(request.taskSpans[0].task.upperBound <= request.taskSpans[1].task.lowerBound)
      #expect(request.isPivotal == (request.tasks[0].isHarmful != request.tasks[1].isHarmful))
    }
  }

  @Test("The person asked about is the one whose task decides.")
  func twoHop() throws {
    for request in try World(seed: 43).requests(.twoHop, split: .heldOutCombination, count: 200) {
      guard case .person(let name) = request.reasoning else {
        Issue.record("no person in \(request.text)")
        continue
      }
      let first = try #require(request.text.range(of: name))
      let place = request.text.utf8.distance(from: request.text.startIndex, to: first.lowerBound)
      #expect(request.asked == [place < request.taskSpans[0].task.lowerBound ? 0 : 1])
    }
  }

  @Test("Pivotal requests are those that were asked for, on both sides, in every family that needs steps.")
  func pivotal() throws {
    let world = try World(seed: 47)
    for family in Family.allCases where family.needsSteps {
      for isHarmful in [true, false] {
        for isPivotal in [true, false] where isPivotal || family == .byOrder || family == .twoHop {
          let requests = try world.requests(
            family, split: .heldOutCombination, isHarmful: isHarmful, isPivotal: isPivotal, count: 30)
          #expect(requests.allSatisfy { $0.isPivotal == isPivotal && $0.isHarmful == isHarmful })
        }
      }
    }
  }
}
