/// A number with its 95% interval and how many units it was computed from.
public struct Estimate: Codable, Hashable, Sendable {
  /// The point estimate.
  public var value: Double
  /// The lower end of the 95% interval, where one is known.
  public var low: Double?
  /// The upper end of the 95% interval, where one is known.
  public var high: Double?
  /// How many units (prompts, pairs, clusters) it was computed from.
  public var n: Int?

  /// A number, with an interval or without.
  public init(value: Double, low: Double? = nil, high: Double? = nil, n: Int? = nil) {
    self.value = value
    self.low = low
    self.high = high
    self.n = n
  }

  /// The level of every interval: 0.95.
  public static let level = 0.95
}
