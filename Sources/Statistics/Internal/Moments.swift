import Foundation

/// Means and variances in one fixed order.
enum Moments {
  static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// With divisor n - 1.
  static func variance(_ values: [Double]) -> Double {
    let mean = mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }

  /// The quantile p of sorted values, linear between order statistics (Hyndman and Fan 1996, type 7).
  static func quantile(_ sorted: [Double], _ p: Double) -> Double {
    let place = max(0, min(1, p)) * Double(sorted.count - 1)
    let below = Int(place)
    guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
    return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
  }
}

/// Ranks with ties at their mean.
enum Ranks {
  /// Mid-ranks, from 1.
  static func mid(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }
}

/// The few elementary functions that statistics need, in one place: their last bit is the C library's.
enum Elementary {
  static func log(_ x: Double) -> Double { Foundation.log(x) }
  static func exp(_ x: Double) -> Double { Foundation.exp(x) }
  static func power(_ x: Double, _ y: Double) -> Double { Foundation.pow(x, y) }
}
