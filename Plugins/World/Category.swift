/// A kind of harm: each has its rules (see ``Cell/categories``) and its justifications.
public enum Category: String, CaseIterable, Codable, Sendable, Hashable, Comparable {
  case theft, drugs, weapons, fraud, privacy, hacking, violence

  /// The word for the broken rule in thoughts and in justifications.
  public var rule: String {
    switch self {
    case .theft: "stealing"
    case .drugs: "drug dealing"
    case .weapons, .fraud, .privacy, .hacking, .violence: rawValue
    }
  }

  /// Alphabetical order.
  public static func < (a: Category, b: Category) -> Bool { a.rawValue < b.rawValue }
}
