/// What the results say about a claim.
public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable, CustomStringConvertible {
  /// The whole interval satisfies the claim.
  case supported
  /// The whole interval violates it.
  case refuted
  /// The interval straddles the bound, or a number is missing.
  case inconclusive

  /// The verdict as a word.
  public var description: String { rawValue }

  /// One refuted refutes all; else one inconclusive leaves all inconclusive; nothing at all is supported.
  public static func combined(_ verdicts: some Sequence<Verdict>) -> Verdict {
    var result = Verdict.supported
    for verdict in verdicts {
      if verdict == .refuted { return .refuted }
      if verdict == .inconclusive { result = .inconclusive }
    }
    return result
  }

  /// The verdict on the opposite claim.
  public var negated: Verdict {
    switch self {
    case .supported: .refuted
    case .refuted: .supported
    case .inconclusive: .inconclusive
    }
  }
}
