import Statistics
import Tensor

/// How many dimensions the directions of the categories span, as a participation ratio: as many as there are categories
/// if they are orthogonal, 1 if they are one.
struct CategorySpan {
  let ratio: Estimate
  /// The same with categories dealt anew among the harmful prompts: what estimation alone makes of one direction.
  let shuffled: Estimate

  /// - Parameters:
  ///   - rows: what a hook has in the training prompts.
  ///   - shuffles: how often categories are dealt anew.
  init(
    _ names: [String], rows: [[Float]], of train: CategoryPrompts, shuffles: Int, stream: RandomStream,
    _ resamples: Resamples
  ) throws {
    let members = names.map(train.only)
    let every = [Int32](repeating: 1, count: rows.count)
    func ratio(_ members: [[Int]], _ counts: [Int32]) throws -> Double? {
      guard let harmless = Self.mean(rows, train.harmless, counts) else { return nil }
      let directions = members.compactMap { indices in
        Self.mean(rows, indices, counts).map { Self.unit(zip($0, harmless).map { $0 - $1 }) }
      }
      guard directions.count == members.count else { return nil }
      return try PrincipalComponents.participationRatio(of: RealMatrix(directions))
    }
    // Resampling adds noise, and noise adds dimensions: the interval is reflected at the estimate, which allows for that.
    let raw = try resamples.percentile { try ratio(members, $0) }
    func reflected(_ end: Double?) -> Double? { end.map { min(max(2 * raw.value - $0, 1), Double(names.count)) } }
    self.ratio = Estimate(value: raw.value, low: reflected(raw.high), high: reflected(raw.low), n: raw.n)
    let all = members.flatMap { $0 }
    let drawn = try (0..<shuffles).compactMap { shuffle -> Double? in
      var generator = stream.child(shuffle).generator()
      var rest = all.shuffled(using: &generator)[...]
      let dealt = members.map { own in
        defer { rest = rest.dropFirst(own.count) }
        return Array(rest.prefix(own.count))
      }
      return try ratio(dealt, every)
    }.sorted()
    shuffled = Estimate(value: Mean.of(drawn), low: drawn.first, high: drawn.last, n: drawn.count)
  }

  private static func mean(_ rows: [[Float]], _ indices: [Int], _ counts: [Int32]) -> [Double]? {
    var sums = [Double](repeating: 0, count: rows.first?.count ?? 0)
    var weight = 0.0
    for index in indices where counts[index] > 0 {
      let count = Double(counts[index])
      weight += count
      rows[index].withUnsafeBufferPointer { row in
        for column in row.indices { sums[column] += count * Double(row[column]) }
      }
    }
    return weight > 0 ? sums.map { $0 / weight } : nil
  }

  private static func unit(_ vector: [Double]) -> [Double] {
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? vector.map { $0 / length } : vector
  }
}
