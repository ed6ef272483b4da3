import Statistics
import Tensor
import Testing

@Suite("Permutation tests")
struct PermutationTests {
  private let stream = RandomStream(seed: 21, purpose: "permutation")

  @Test("Under the null, sign-flip p-values are uniform, exact ones and sampled ones.", arguments: [10, 30])
  func signFlipNull(pairs: Int) throws {
    let p = try (0..<300).map { trial in
      let differences = RandomDirection.gaussian(pairs, stream: stream.child(trial))
      let test = try PermutationTest.signFlip(differences, permutations: 400, stream: stream.child("p\(trial)"))
      #expect(test.exact == (pairs == 10))
      return test.p
    }
    #expect(distanceFromUniform(p) < 1.63 / 300.0.squareRoot())
  }

  @Test("An effect on every pair is as improbable as its signs.")
  func signFlipEffect() throws {
    let test = try PermutationTest.signFlip([1, 2, 3, 4, 5], stream: stream)
    #expect(test.p == 2.0 / 32 && test.statistic == 3 && test.permutations == 32)
    #expect(try PermutationTest.signFlip([1, -1], stream: stream).p == 1)
    #expect(throws: StatisticsError.self) { try PermutationTest.signFlip([], stream: stream) }
  }

  @Test("Under the null, label-permutation p-values of AUROC are uniform.")
  func labelNull() throws {
    let labels = (0..<30).map { $0 % 2 == 0 }
    let p = try (0..<200).map { trial in
      let scores = RandomDirection.gaussian(30, stream: stream.child(trial))
      let permuted = try LabelPermutation.rows.labellings(of: labels, count: 199, stream: stream.child("l\(trial)"))
      return PermutationTest(
        statistic: try #require(try Ranking(scores: scores, labels: labels).auroc),
        permuted: try permuted.map { try #require(try Ranking(scores: scores, labels: $0).auroc) }
      ).p
    }
    #expect(distanceFromUniform(p) < 1.63 / 200.0.squareRoot())
  }

  @Test("Labels change places only as their kind allows.")
  func labellings() throws {
    let labels = [true, false, true, false, true, false, true, true]
    let blocks = [0, 0, 1, 1, 2, 2, 3, 3]
    for permuted in try LabelPermutation.within(blocks: blocks).labellings(of: labels, count: 50, stream: stream) {
      for block in 0..<4 {
        #expect(permuted[2 * block...2 * block + 1].count { $0 } == labels[2 * block...2 * block + 1].count { $0 })
      }
    }
    for permuted in try LabelPermutation.rows.labellings(of: labels, count: 50, stream: stream) {
      #expect(permuted.count { $0 } == 5)
    }
    let groups = [0, 0, 0, 1, 2, 2]
    let whole = [true, true, true, false, false, false]
    let between = try LabelPermutation.between(groups: groups).labellings(of: whole, count: 60, stream: stream)
    #expect(Set(between.map { [$0[0], $0[3], $0[4]] }).count == 3)
    for permuted in between { #expect(permuted[0] == permuted[2] && permuted[4] == permuted[5]) }
    #expect(throws: StatisticsError.self) {
      try LabelPermutation.between(groups: [0, 0]).labellings(of: [true, false], count: 1, stream: stream)
    }
  }

  @Test("The largest of many null cells is significant about as often as the level says.")
  func familyWise() throws {
    let p = try (0..<200).map { trial in
      let cells = try normal(20, 100, seed: UInt64(trial))
      return try MaxStatistic(
        observed: (0..<20).map { cells[$0, 99] }, permuted: (0..<20).map { Array(cells.row($0).prefix(99)) }
      ).overall
    }
    #expect(distanceFromUniform(p) < 1.63 / 200.0.squareRoot())
  }

  @Test("Cells are compared with the largest of the grid, however the grid is given.")
  func grid() throws {
    let permuted: [[Double]] = [[0, 1, 2], [2, 0, 0]]
    let test = try MaxStatistic(observed: [3, 2], permuted: permuted)
    #expect(test.maxima == [2, 1, 2])
    #expect(test.p == [0.25, 0.75])
    #expect(test.overall == 0.25)
    #expect(test.critical == 2)
    #expect(try MaxStatistic(observed: [3, 2], permutations: 3) { i in permuted.map { $0[i] } } == test)
    #expect(throws: StatisticsError.self) { try MaxStatistic(observed: [1], permuted: permuted) }
    #expect(throws: StatisticsError.self) { try MaxStatistic(observed: [1, 1], permuted: [[1], [1, 2]]) }
  }
}
