/// A number, with an interval when it was estimated.
///
/// Arithmetic is interval arithmetic (Moore, 1966): the result's interval holds every value that the operands'
/// intervals allow. Operands count as unrelated, so `x - x` has an interval around 0.
public struct Quantity: Sendable, Hashable, Codable {
  /// The number.
  public let value: Double
  /// The interval's lower end, if there is an interval.
  public let low: Double?
  /// The interval's upper end, if there is an interval.
  public let high: Double?

  /// A plain number.
  public init(_ value: Double) {
    self.value = value
    self.low = nil
    self.high = nil
  }

  /// An estimate with its interval.
  public init(_ value: Double, low: Double, high: Double) {
    self.value = value
    self.low = low
    self.high = high
  }

  /// Whether there is an interval.
  public var isEstimate: Bool { low != nil || high != nil }

  /// The number as prose writes it: whole numbers without decimals, others with three.
  public func formatted() -> String { NumberFormat.standard(self) }

  /// The lower end, or the number itself.
  var lower: Double { low ?? value }
  /// The upper end, or the number itself.
  var upper: Double { high ?? value }
}

extension Quantity {
  /// The number and both ends, combined with another's; the result has an interval if either has.
  private init(_ value: Double, ends: [Double], estimate: Bool) {
    if estimate {
      let undefined = ends.contains(where: \.isNaN)
      self.init(value, low: undefined ? .nan : ends.min() ?? value, high: undefined ? .nan : ends.max() ?? value)
    } else {
      self.init(value)
    }
  }

  /// Whether the number or an end is not a number.
  var isUndefined: Bool { value.isNaN || lower.isNaN || upper.isNaN }

  /// The opposite.
  public static prefix func - (operand: Quantity) -> Quantity {
    Quantity(-operand.value, ends: [-operand.upper, -operand.lower], estimate: operand.isEstimate)
  }

  /// The sum.
  public static func + (left: Quantity, right: Quantity) -> Quantity {
    let ends = [left.lower + right.lower, left.upper + right.upper]
    return Quantity(left.value + right.value, ends: ends, estimate: left.isEstimate || right.isEstimate)
  }

  /// The difference.
  public static func - (left: Quantity, right: Quantity) -> Quantity { left + (-right) }

  /// The product.
  public static func * (left: Quantity, right: Quantity) -> Quantity {
    let ends = [
      left.lower * right.lower, left.lower * right.upper, left.upper * right.lower, left.upper * right.upper,
    ]
    return Quantity(left.value * right.value, ends: ends, estimate: left.isEstimate || right.isEstimate)
  }

  /// The quotient; its interval is the whole line if the divisor's holds 0, and it is not a number if the divisor is 0.
  public static func / (left: Quantity, right: Quantity) -> Quantity {
    let estimate = left.isEstimate || right.isEstimate
    let holdsZero = right.lower <= 0 && right.upper >= 0
    let ends =
      holdsZero
      ? [-.infinity, .infinity]
      : [left.lower / right.lower, left.lower / right.upper, left.upper / right.lower, left.upper / right.upper]
    // Infinity would be more than anything that a claim could name.
    return Quantity(right.value == 0 ? .nan : left.value / right.value, ends: ends, estimate: estimate)
  }

  /// The distance from 0.
  public var magnitude: Quantity {
    let holdsZero = lower <= 0 && upper >= 0
    let ends = [abs(lower), abs(upper)] + (holdsZero ? [0] : [])
    return Quantity(abs(value), ends: ends, estimate: isEstimate)
  }

  /// The smaller of two, end by end.
  public static func minimum(_ left: Quantity, _ right: Quantity) -> Quantity { combine(left, right, least) }

  /// The larger of two, end by end.
  public static func maximum(_ left: Quantity, _ right: Quantity) -> Quantity {
    combine(left, right) { -least(-$0, -$1) }
  }

  private static func combine(
    _ left: Quantity, _ right: Quantity, _ choose: (Double, Double) -> Double
  ) -> Quantity {
    Quantity(
      choose(left.value, right.value),
      ends: [choose(left.lower, right.lower), choose(left.upper, right.upper)],
      estimate: left.isEstimate || right.isEstimate)
  }

  /// The smaller of two numbers; not a number if either is not.
  private static func least(_ left: Double, _ right: Double) -> Double {
    left.isNaN || right.isNaN ? .nan : Swift.min(left, right)
  }
}
