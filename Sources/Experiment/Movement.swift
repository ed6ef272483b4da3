/// How a value came out against the one before.
public enum Movement: String, Codable, Hashable, Sendable, CaseIterable {
  /// It moved, and the intervals before and after do not touch; a value without an interval is one point.
  case beyond
  /// It moved, and the intervals touch: the two runs do not disagree.
  case within
  /// Not a bit differs.
  case equal
  /// It was not there before.
  case new
  /// It is not there any more.
  case gone

  /// From the values themselves.
  public init(from before: Value?, to after: Value?) {
    switch (before, after) {
    case (nil, _): self = .new
    case (_, nil): self = .gone
    case (let before?, let after?):
      if before.isSame(as: after) {
        self = .equal
      } else if let before = before.interval, let after = after.interval {
        self = after.lowerBound > before.upperBound || after.upperBound < before.lowerBound ? .beyond : .within
      } else {
        self = .beyond
      }
    }
  }
}

extension Value {
  /// Whether two values are written with the same bytes: unlike `==`, what is no number equals itself.
  public func isSame(as other: Value) -> Bool {
    self == other || (try? CanonicalJSON.encode(self)) == (try? CanonicalJSON.encode(other))
  }

  /// From the interval's lower end to its upper; one point if there is none; `nil` for what is no finite number.
  var interval: ClosedRange<Double>? {
    switch self {
    case .number(let number): number.isFinite ? number...number : nil
    case .estimate(let estimate):
      if let low = estimate.low, let high = estimate.high, low <= high {
        low...high
      } else {
        estimate.value.isFinite ? estimate.value...estimate.value : nil
      }
    default: nil
    }
  }
}
