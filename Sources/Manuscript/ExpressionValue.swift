/// What a name stands for, or what an expression comes to.
public enum ExpressionValue: Sendable, Hashable {
  /// A number, perhaps with an interval.
  case quantity(Quantity)
  /// Text.
  case string(String)
  /// A truth value.
  case bool(Bool)
  /// What a comparison comes to.
  case verdict(Verdict)
  /// Several values, indexed from 0.
  case list([ExpressionValue])

  /// A plain number.
  public static func number(_ value: Double) -> ExpressionValue { .quantity(Quantity(value)) }

  /// What this is, for messages.
  package var summary: String {
    switch self {
    case .quantity(let quantity): "the number \(quantity.formatted())"
    case .string(let text): "the text “\(text)”"
    case .bool(let flag): "\(flag)"
    case .verdict(let verdict): "the verdict \(verdict.rawValue)"
    case .list(let values): "a list of \(values.count)"
    }
  }
}
