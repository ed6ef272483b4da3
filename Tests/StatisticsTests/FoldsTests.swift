import Statistics
import Tensor
import Testing

@Suite("Folds")
struct FoldsTests {
  private let stream = RandomStream(seed: 11, purpose: "folds")

  @Test("No group is in two folds, every row is tested once, and classes are balanced.", arguments: 2...7)
  func grouped(count: Int) throws {
    let groups = (0..<240).map { $0 * $0 % 31 }
    let labels = (0..<240).map { ($0 / 31 + $0) % 2 == 0 }
    let folds = try Folds.grouped(groups: groups, labels: labels, count: count, stream: stream)
    #expect(folds.folds.count == count)
    #expect(folds.folds.flatMap(\.test).sorted() == Array(0..<240))
    for fold in folds.folds {
      #expect(Set(fold.test.map { groups[$0] }).isDisjoint(with: fold.train.map { groups[$0] }))
      #expect((fold.test + fold.train).sorted() == Array(0..<240))
      let positive = Double(fold.test.count { labels[$0] }) / Double(fold.test.count)
      #expect(abs(positive - 0.5) < 0.15)
      #expect(abs(fold.test.count - 240 / count) < 25)
    }
  }

  @Test("Crossed folds train on no row that shares either group with a tested one.", arguments: 2...4)
  func crossed(count: Int) throws {
    let templates = (0..<200).map { $0 % 10 }
    let objects = (0..<200).map { $0 / 10 % 20 }
    let folds = try Folds.crossed(templates, objects, count: count, stream: stream)
    #expect(folds.folds.count == count * count)
    #expect(folds.folds.flatMap(\.test).sorted() == Array(0..<200))
    for fold in folds.folds {
      #expect(Set(fold.test.map { templates[$0] }).isDisjoint(with: fold.train.map { templates[$0] }))
      #expect(Set(fold.test.map { objects[$0] }).isDisjoint(with: fold.train.map { objects[$0] }))
      #expect(!fold.train.isEmpty)
    }
  }

  @Test("Leaving one group out makes a fold of each.")
  func leaveOut() throws {
    let folds = try Folds.leaveOneGroupOut(groups: [7, 7, 3, 9, 3])
    #expect(folds.folds.map(\.test) == [[0, 1], [2, 4], [3]])
    #expect(folds.folds[1].train == [0, 1, 3])
    #expect(throws: StatisticsError.self) { try Folds.leaveOneGroupOut(groups: [1, 1]) }
  }

  @Test("Folds depend on the stream alone, and too few groups are an error.")
  func determined() throws {
    let groups = Array(0..<50)
    let one = try Folds.grouped(groups: groups, count: 5, stream: stream)
    #expect(try Folds.grouped(groups: groups, count: 5, stream: stream) == one)
    #expect(try Folds.grouped(groups: groups, count: 5, stream: stream.child("other")) != one)
    #expect(throws: StatisticsError.tooFew(what: "groups for 5 folds", needed: 5, found: 4)) {
      try Folds.grouped(groups: [0, 1, 2, 3, 3], count: 5, stream: stream)
    }
  }
}
