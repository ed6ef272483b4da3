import Statistics
import Testing

@Suite("Intraclass correlation")
struct IntraclassCorrelationTests {
  @Test("The example of Shrout and Fleiss (1979): six targets, four judges, ICC(1) of .17.")
  func example() throws {
    let ratings: [[Double]] = [
      [9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7],
    ]
    let value = try #require(try IntraclassCorrelation(ratings: ratings).value())
    #expect(abs(value - 0.1657) < 5e-4)
    // Each thing twice is another sample, not another statistic: the same by hand.
    let twice = try #require(try IntraclassCorrelation(ratings: ratings).value(counts: [2, 2, 2, 2, 2, 2]))
    let doubled = try #require(try IntraclassCorrelation(ratings: ratings + ratings).value())
    #expect(abs(twice - doubled) < 1e-12)
  }

  @Test(
    "1 where ratings of a thing are alike, below 0 where they differ more than things do, nothing where all are equal.")
  func ends() throws {
    #expect(try IntraclassCorrelation(ratings: [[1, 1], [0, 0], [1, 1]]).value() == 1)
    #expect(try #require(try IntraclassCorrelation(ratings: [[1, 0], [0, 1], [1, 0]]).value()) < 0)
    #expect(try IntraclassCorrelation(ratings: [[1, 1], [1, 1]]).value() == nil)
    #expect(throws: StatisticsError.self) { try IntraclassCorrelation(ratings: [[1, 1]]) }
    #expect(throws: StatisticsError.self) { try IntraclassCorrelation(ratings: [[1, 1], [1]]) }
    #expect(throws: StatisticsError.self) { try IntraclassCorrelation(ratings: [[1], [1]]) }
  }
}
