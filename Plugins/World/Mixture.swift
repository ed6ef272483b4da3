/// What training documents are made of.
public struct Mixture: Sendable, Hashable, Codable {
  /// Relative frequency of each family, by name.
  public var families: [String: Double]
  /// Relative frequency of each mode, by name.
  public var modes: [String: Double]
  /// Share of harmful requests.
  public var harmful: Double
  /// How many filler tokens stand in for thoughts: least and most.
  public var fillers: [Int]
  /// Share of chains on whose course the label depends (see ``Request/isPivotal``).
  public var pivotal: Double

  /// What to train on once the rules are known.
  public static let full = Mixture(
    families: [
      Family.single.rawValue: 0.30, Family.double.rawValue: 0.12, Family.scary.rawValue: 0.08,
      Family.byOrder.rawValue: 0.16, Family.changesOfMind.rawValue: 0.16, Family.ownershipChain.rawValue: 0.12,
      Family.twoHop.rawValue: 0.06,
    ])

  /// What to start with: balanced labels look like chance at first, and single requests get the model off it.
  public static let foundation = Mixture(families: [Family.single.rawValue: 0.9, Family.scary.rawValue: 0.1])

  /// A mixture; the defaults are those of the recipe.
  public init(
    families: [String: Double], modes: [String: Double] = ["direct": 0.54, "deliberate": 0.40, "filler": 0.06],
    harmful: Double = 0.48, fillers: [Int] = [10, 60], pivotal: Double = 0.7
  ) {
    self.families = families
    self.modes = modes
    self.harmful = harmful
    self.fillers = fillers
    self.pivotal = pivotal
  }

  /// Families with their shares, in the order of ``Family/allCases``.
  func validated() throws -> (families: [Double], modes: [Double]) {
    for name in families.keys where Family(rawValue: name) == nil {
      throw WorldError.badMixture(
        what: "the family “\(name)” (known: \(Family.allCases.map(\.rawValue).joined(separator: ", ")))")
    }
    for name in modes.keys where Document.Mode(rawValue: name) == nil {
      throw WorldError.badMixture(
        what: "the mode “\(name)” (known: \(Document.Mode.allCases.map(\.rawValue).joined(separator: ", ")))")
    }
    let shares = (
      Family.allCases.map { families[$0.rawValue] ?? 0 }, Document.Mode.allCases.map { modes[$0.rawValue] ?? 0 }
    )
    for group in [shares.0, shares.1] where !group.allSatisfy({ $0 >= 0 && $0.isFinite }) || group.reduce(0, +) <= 0 {
      throw WorldError.badMixture(what: "shares \(group)")
    }
    guard (0...1).contains(harmful), (0...1).contains(pivotal) else {
      throw WorldError.badMixture(what: "harmful \(harmful), pivotal \(pivotal) (each a probability)")
    }
    guard fillers.count == 2, fillers[0] >= 1, fillers[1] >= fillers[0], fillers[1] <= 10_000 else {
      throw WorldError.badMixture(what: "fillers \(fillers) (least and most, from 1)")
    }
    return shares
  }
}
