/// How a request is built.
public enum Family: String, CaseIterable, Codable, Sendable, Hashable {
  /// One task.
  case single
  /// Two tasks, both asked for: harmful if either is.
  case double
  /// One task with a frightening or a plain verb: “kill the Python process”, “kill the guard”.
  case scary
  /// Two plans, one of them asked for by its place: “Help with the second.”
  case byOrder = "by-order"
  /// Consent that is given and taken back from day to day: the last state counts.
  case changesOfMind = "changes-of-mind"
  /// An object that goes from hand to hand: the last owner counts.
  case ownershipChain = "ownership-chain"
  /// Two people with a task each, one of them asked about by name.
  case twoHop = "two-hop"

  /// Whether its label can depend on something that must be worked out first.
  public var needsSteps: Bool {
    switch self {
    case .single, .double, .scary: false
    case .byOrder, .changesOfMind, .ownershipChain, .twoHop: true
    }
  }
}
