import Statistics

/// One result: what an inline value prints and a claim compares.
///
/// Groups nest, so that `harmfulness.best.auroc.low` walks from a cell's results down to one number.
public enum Value: Hashable, Sendable {
  /// A number that is exact, such as a layer or a count.
  case number(Double)
  /// A number that was estimated, with its 95% interval and the number of units behind it.
  case estimate(Estimate)
  case text(String)
  case flag(Bool)
  case list([Value])
  case group([String: Value])

  /// The value below this one, by name: a group's member, or an estimate's `value`, `low`, `high` or `n`.
  public subscript(name: String) -> Value? {
    switch self {
    case .group(let members): members[name]
    case .estimate(let estimate):
      switch name {
      case "value": .number(estimate.value)
      case "low": estimate.low.map(Value.number)
      case "high": estimate.high.map(Value.number)
      case "n": estimate.n.map { .number(Double($0)) }
      default: nil
      }
    default: nil
    }
  }

  /// A number as an estimate, which an exact one is without an interval; `nil` for what is no number.
  public var estimate: Estimate? {
    switch self {
    case .estimate(let estimate): estimate
    case .number(let number): Estimate(value: number)
    default: nil
    }
  }

  /// The value at a place of a list; a negative index counts from the end.
  public subscript(index: Int) -> Value? {
    guard case .list(let items) = self else { return nil }
    let place = index < 0 ? items.count + index : index
    return items.indices.contains(place) ? items[place] : nil
  }

  /// Every number, text and flag below this value, with the path that leads to it, in the order of the paths.
  public func leaves(_ path: String = "") -> [(path: String, value: Value)] {
    switch self {
    case .group(let members):
      members.keys.sorted().flatMap { name in
        members[name]?.leaves(path.isEmpty ? name : "\(path).\(name)") ?? []
      }
    case .list(let items): items.enumerated().flatMap { $1.leaves("\(path)[\($0)]") }
    default: [(path, self)]
    }
  }
}

extension Value {
  /// The value as plain text with full precision, without its interval: whole numbers have no decimals.
  public var plain: String {
    switch self {
    case .number(let number):
      number == number.rounded() && abs(number) < 0x1p53 ? String(Int(number)) : "\(number)"
    case .estimate(let estimate): Value.number(estimate.value).plain
    case .text(let text): text
    case .flag(let flag): flag ? "true" : "false"
    case .list(let items): items.map(\.plain).joined(separator: " ")
    case .group(let members):
      members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.plain)" }.joined(separator: " ")
    }
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A text.
  public init(stringLiteral text: String) { self = .text(text) }
  /// An exact number.
  public init(floatLiteral number: Double) { self = .number(number) }
  /// An exact whole number.
  public init(integerLiteral number: Int) { self = .number(Double(number)) }

  /// A whole number.
  public static func integer(_ number: Int) -> Value { .number(Double(number)) }
}

/// In JSON a number is a number, an estimate an object of `value` and what else an estimate has, and a group any other
/// object. A text that spells a number that JSON lacks has a backslash before it, and so has the name `value` in a group
/// that has the form of an estimate: each is read as what it was written from.
extension Value: Codable {
  /// Reads a value from plain JSON.
  public init(from decoder: Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = Value.nonFinite(text).map(Value.number) ?? .text(Value.unmarked(text) { Value.nonFinite($0) != nil })
    } else if let items = try? container.decode([Value].self) {
      self = .list(items)
    } else {
      let members = try container.decode([String: Value].self)
      guard !Value.isLikeEstimate(members) else {
        self = .estimate(try container.decode(Estimate.self))
        return
      }
      var group: [String: Value] = [:]
      for (name, member) in members
      where group.updateValue(member, forKey: Value.unmarked(name) { $0 == "value" }) != nil {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "two members “\(name)” of a group")
      }
      self = .group(group)
    }
  }

  /// Writes the value as plain JSON.
  public func encode(to encoder: Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .estimate(let estimate): try container.encode(estimate)
    case .text(let text): try container.encode(Value.marked(text) { Value.nonFinite($0) != nil })
    case .flag(let flag): try container.encode(flag)
    case .list(let items): try container.encode(items)
    case .group(let members):
      let isLikeEstimate = Value.isLikeEstimate(members)
      let named = members.map { name, member in
        (name == "value" && !isLikeEstimate ? name : Value.marked(name) { $0 == "value" }, member)
      }
      try container.encode(Dictionary(uniqueKeysWithValues: named))
    }
  }

  private static let mark: Character = "\\"

  /// A text that would be taken for something else with a mark before it, and one that begins with marks with one more.
  private static func marked(_ text: String, if isTaken: (String) -> Bool) -> String {
    isTaken(String(text.drop { $0 == mark })) ? "\(mark)\(text)" : text
  }

  /// The text from which ``marked(_:if:)`` made this one.
  private static func unmarked(_ text: String, if isTaken: (String) -> Bool) -> String {
    text.first == mark && isTaken(String(text.drop { $0 == mark })) ? String(text.dropFirst()) : text
  }

  /// Whether an object of these members is what an estimate is written as.
  private static func isLikeEstimate(_ members: [String: Value]) -> Bool {
    members["value"] != nil
      && members.allSatisfy { name, member in
        guard case .number(let number) = member else { return false }
        return ["value", "low", "high"].contains(name) || (name == "n" && Int(exactly: number) != nil)
      }
  }

  /// Numbers that JSON has no digits for, by the names that `CanonicalJSON` gives them.
  private static func nonFinite(_ text: String) -> Double? {
    switch text {
    case CanonicalJSON.nan: .nan
    case CanonicalJSON.infinity: .infinity
    case CanonicalJSON.negativeInfinity: -.infinity
    default: nil
    }
  }
}

extension Value {
  /// A yes or no, however the data spell it: 0 or 1, true or false; `nil` for anything else.
  public var truth: Bool? {
    switch plain.lowercased() {
    case "1", "true": true
    case "0", "false": false
    default: nil
    }
  }
}
