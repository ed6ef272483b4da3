import Statistics
import Tensor
import Testing

@Suite("Change point")
struct ChangePointTests {
  private let stream = RandomStream(seed: 4, purpose: "change point")

  @Test("A step is found where it is, and explains everything; a line is explained to about three quarters.")
  func step() throws {
    let change = try ChangePoint([1, 1, 1, 4, 4])
    #expect(change.index == 3 && change.jump == 3 && abs(change.explained - 1) < 1e-12)
    #expect(abs(try ChangePoint((0..<50).map(Double.init)).explained - 0.75) < 0.01)
    #expect(try ChangePoint([2, 2, 2]).explained == 0)
    #expect(throws: StatisticsError.self) { try ChangePoint([1]) }
  }

  @Test("The split has the least squared error of all.", arguments: 1...8)
  func leastSquares(seed: UInt64) throws {
    let curve = RandomDirection.gaussian(15, stream: stream.child(seed))
    func error(_ part: ArraySlice<Double>) -> Double {
      let mean = part.reduce(0, +) / Double(part.count)
      return part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    let errors = (1..<15).map { error(curve[..<$0]) + error(curve[$0...]) }
    let best = try #require(errors.indices.min { errors[$0] < errors[$1] })
    #expect(try ChangePoint(curve).index == best + 1)
  }

  @Test("The interval of a planted jump holds its place and height.")
  func planted() throws {
    let noise = try normal(40, 12, seed: 9)
    let curves = (0..<40).map { row in (0..<12).map { noise[row, $0] + ($0 >= 7 ? 2 : 0) } }
    let resamples = try Bootstrap(stream: stream, resamples: 300).draw(rows: 40)
    let (index, jump) = try ChangePoint.estimate(curves: curves, resamples)
    #expect(index.value == 7)
    #expect(try #require(index.low) >= 6 && (try #require(index.high)) <= 8)
    #expect(try #require(jump.low) < 2 && 2 < (try #require(jump.high)))
  }

  @Test("The onset is the first layer whose interval clears the threshold.")
  func onset() {
    let curve = [(0.5, 0.4), (0.8, 0.6), (0.9, 0.75), (0.6, 0.5)].map { Estimate(value: $0, low: $1, high: 1) }
    #expect(ChangePoint.onset(curve, above: 0.7) == 2)
    #expect(ChangePoint.onset(curve, above: 0.55) == 1)
    #expect(ChangePoint.onset(curve, above: 0.9) == nil)
    #expect(ChangePoint.onset([Estimate(value: 1)], above: 0) == nil)
  }
}
