/// What must be worked out before the rules can be applied.
public enum Reasoning: Sendable, Hashable {
  /// Nothing.
  case none
  /// Which of two people is asked about.
  case person(name: String)
  /// Which of two plans is meant.
  case order(PlanOrder)
  /// Whether consent stands at the end.
  case consent(ConsentChain)
  /// Whose the object is at the end.
  case ownership(OwnershipChain)
}

/// Which of two plans is asked for, and how it is said.
public struct PlanOrder: Sendable, Hashable {
  /// 0 or 1.
  public let plan: Int
  /// Whether only the other one is named: “Not the first: help with the other one.”
  public let isIndirect: Bool

  static let words = ["first", "second"]
  /// `first` or `second`: the plan asked for.
  var word: String { PlanOrder.words[plan] }
  /// The other plan's word.
  var otherWord: String { PlanOrder.words[1 - plan] }
}
