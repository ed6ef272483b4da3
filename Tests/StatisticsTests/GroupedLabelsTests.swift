import Statistics
import Tensor
import Testing

@Suite("Shuffles that respect groups")
struct GroupedLabelsTests {
  private let stream = RandomStream(seed: 5, purpose: "grouped labels")

  @Test("Groups of one label exchange theirs, and others keep how many they have of each.")
  func shuffles() throws {
    let labels = [true, true, false, false, true, false, true, false, false]
    let groups = [7, 7, 3, 3, 9, 9, 9, 4, 4]
    let folds = try Folds.grouped(groups: Array(labels.indices), labels: labels, count: 2, stream: stream)
    let shuffles = try GroupedLabels(labels: labels, groups: groups, folds: folds).shuffles(60, stream: stream)
    #expect(shuffles.count == 60)
    for shuffle in shuffles {
      #expect(shuffle[0] == shuffle[1] && shuffle[2] == shuffle[3] && shuffle[7] == shuffle[8])
      #expect([shuffle[0], shuffle[2], shuffle[7]].count { $0 } == 1 && shuffle[4...6].count { $0 } == 2)
    }
    #expect(
      Set(shuffles.map { [$0[0], $0[2], $0[7]] }).count == 3 && Set(shuffles.map { Array($0[4...6]) }).count == 3)
  }

  @Test("Shuffles that leave a fold with one class to learn from are passed over, and too few are told.")
  func unusable() throws {
    // Two of six groups are positive: if one fold has both, the others have one class.
    let groups = (0..<12).map { $0 / 2 }
    let labels = groups.map { $0 < 2 }
    let folds = try Folds.grouped(groups: groups, labels: labels, count: 3, stream: stream)
    let shuffles = try GroupedLabels(labels: labels, groups: groups, folds: folds).shuffles(50, stream: stream)
    #expect(shuffles.count == 50)
    for (shuffle, fold) in shuffles.flatMap({ shuffle in folds.folds.map { (shuffle, $0) } }) {
      #expect(Set(fold.train.map { shuffle[$0] }).count == 2)
    }
    #expect(throws: StatisticsError.self) {
      try GroupedLabels(labels: labels.map { _ in true }, groups: groups, folds: folds).shuffles(5, stream: stream)
    }
  }

  @Test("Where decisions go with groups and states do too, nothing is found more often than the level says.")
  func calibration() throws {
    let groups = (0..<96).map { $0 / 6 }
    let p = try (0..<60).map { trial -> Double in
      let chance = stream.child(trial)
      var generator = chance.generator()
      let order = (0..<16).shuffled(using: &generator)
      let labels = groups.indices.map { row in
        (order[groups[row]] < 8) != (trial % 2 == 1 && chance.child("flips").uniform(at: UInt64(row)) < 0.1)
      }
      let features = try RealMatrix(
        groups.enumerated().map { row, group in
          zip(
            RandomDirection.gaussian(8, stream: chance.child("group").child(group)),
            RandomDirection.gaussian(8, stream: chance.child("row").child(row))
          ).map { $0 + 0.3 * $1 }
        })
      let folds = try Folds.grouped(groups: groups, labels: labels, count: 4, stream: chance.child("folds"))
      let shuffles = try GroupedLabels(labels: labels, groups: groups, folds: folds)
        .shuffles(59, stream: chance.child("shuffles"))
      let areas = try CrossValidation.aurocs(features, labellings: [labels] + shuffles, .meanDifference, folds)
      return PermutationTest(statistic: areas[0], permuted: Array(areas.dropFirst())).p
    }
    // Of sixty two are expected; shuffles of rows would find about eighteen.
    #expect(p.count { $0 < 0.05 } <= 6, "\(p)")
    #expect(p.count { $0 < 0.5 } >= 18, "\(p)")
  }
}
