/// How a value came out against the one before.
public enum Movement: String, Codable, Hashable, Sendable, CaseIterable {
  /// It moved, and the intervals before and after do not touch.
  case beyond
  /// It moved, and the intervals touch: the two runs do not disagree.
  case within
  /// It differs, and there are no two intervals to tell whether by more than noise.
  case changed
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
        self = before.overlaps(after) ? .within : .beyond
      } else {
        self = .changed
      }
    }
  }
}

extension Value {
  /// Whether two values are written with the same bytes: unlike `==`, what is no number equals itself.
  public func isSame(as other: Value) -> Bool {
    self == other || (try? CanonicalJSON.encode(self)) == (try? CanonicalJSON.encode(other))
  }

  /// From the interval's lower end to its upper; `nil` if it has none.
  var interval: ClosedRange<Double>? {
    guard case .estimate(let estimate) = self, let low = estimate.low, let high = estimate.high, low <= high else {
      return nil
    }
    return low...high
  }
}
