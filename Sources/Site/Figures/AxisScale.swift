import Experiment
import Foundation

/// A straight map from the values of an axis to places on the page, with round ticks.
struct AxisScale {
  let low: Double
  let high: Double
  let ticks: [Double]
  /// The places of `low` and `high`.
  let start: Double
  let end: Double

  /// - Parameters:
  ///   - values: what must be seen; numbers that are not finite do not count.
  ///   - range: the least range to show, if the axis names one.
  ///   - target: about how many ticks there is room for.
  init(_ values: some Sequence<Double>, range: [Double]? = nil, from start: Double, to end: Double, target: Int) {
    var low = Double.infinity
    var high = -Double.infinity
    for value in values where value.isFinite && abs(value) < 1e300 {
      low = min(low, value)
      high = max(high, value)
    }
    let asked = Self.valid(range)
    if let asked {
      low = min(low, asked.lowerBound)
      high = max(high, asked.upperBound)
    }
    if low > high { (low, high) = (0, 1) }
    if low == high { (low, high) = low == 0 ? (0, 1) : (low - abs(low) / 2, high + abs(high) / 2) }
    let step = Self.step((high - low) / Double(max(1, target)))
    // An axis that names its range keeps it; one that is fitted ends on ticks.
    if asked?.lowerBound != low { low = (low / step + 1e-9).rounded(.down) * step }
    if asked?.upperBound != high { high = (high / step - 1e-9).rounded(.up) * step }
    let first = Int((low / step - 1e-9).rounded(.up).clamped(to: -1e15...1e15))
    let count = Int(((high - low) / step + 1e-6).rounded(.down).clamped(to: 0...1000))
    ticks = (0...count).map { Double(first + $0) * step }.filter { $0 <= high + step * 1e-6 }
    (self.low, self.high, self.start, self.end) = (low, high, start, end)
  }

  /// The place of a value; beyond the ends it stays at the end.
  func callAsFunction(_ value: Double) -> Double {
    let share = ((value - low) / (high - low)).clamped(to: 0...1)
    return start + (value.isFinite ? share : value > 0 ? 1 : 0) * (end - start)
  }

  /// A tick's number, with as many decimals as the distance of the ticks asks for.
  func label(_ tick: Double) -> String {
    let step = ticks.count > 1 ? ticks[1] - ticks[0] : high - low
    guard abs(tick) < 1e6, step > 1e-5 else { return String(format: "%g", tick) }
    let decimals = min(5, max(0, Int(-(log10(step) + 1e-9).rounded(.down))))
    let text = String(format: "%.\(decimals)f", tick)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }

  /// The next of 1, 2, 5 times a power of ten that is not below a distance.
  private static func step(_ least: Double) -> Double {
    guard least.isFinite, least > 1e-290 else { return 1 }
    let power = pow(10, log10(least).rounded(.down))
    let factor = [1, 2, 5, 10].first { power * $0 >= least * (1 - 1e-9) } ?? 10
    return power * factor
  }

  /// The least range that holds some ranges; those that are none do not count.
  static func union(_ ranges: [[Double]?]) -> [Double]? {
    let valid = ranges.compactMap(valid)
    return valid.map(\.lowerBound).min().flatMap { low in valid.map(\.upperBound).max().map { [low, $0] } }
  }

  /// A range with two finite ends in order.
  static func valid(_ range: [Double]?) -> ClosedRange<Double>? {
    guard let range, range.count == 2, range[0].isFinite, range[1].isFinite, range[0] < range[1] else { return nil }
    return range[0]...range[1]
  }
}

extension Double {
  /// The nearest number of a range.
  func clamped(to range: ClosedRange<Double>) -> Double {
    isNaN ? range.lowerBound : Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

extension Figure.Axis {
  /// The name with its unit: `refusal rate (share)`.
  var heading: String { unit.map { "\(title) (\($0))" } ?? title }
}
