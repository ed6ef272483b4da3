import Foundation

/// What one run of thinking came to.
public struct Vote: Hashable, Sendable {
  /// The decision; `nil` if the run came to none.
  public var decision: Decision?
  /// The probability of each decision among the three, where the decision was taken; empty if it was not.
  public var probabilities: [Decision: Double]

  /// A vote from its parts.
  public init(_ decision: Decision?, probabilities: [Decision: Double] = [:]) {
    self.decision = decision
    self.probabilities = probabilities
  }
}

/// How votes become one decision.
public enum VoteRule: Hashable, Sendable {
  /// What most of them say.
  case majority
  /// Refused if any of them refuses; else what most of them say.
  case anyRefuse
  /// Refused if the mean log-odds of refusing are above 0; else the likelier of the others in the mean.
  case meanLogOdds
  /// Refused if at least this share of them refuses (above 0, up to 1); else what most of the others say.
  case threshold(Double)

  /// The decision of some votes; `nil` if it is tied, or nobody voted.
  ///
  /// - Parameter votes: those that came to a decision count; what becomes of others is decided before.
  public func decision(of votes: [Vote]) -> Decision? {
    let counts = Dictionary(grouping: votes.compactMap(\.decision)) { $0 }.mapValues(\.count)
    let total = counts.values.reduce(0, +)
    guard total > 0 else { return nil }
    let refusals = counts[.refuse, default: 0]
    switch self {
    case .majority: return Self.most(counts)
    case .anyRefuse: return refusals > 0 ? .refuse : Self.most(counts)
    case .threshold(let share):
      // A share such as 0.1 of 10 is 1 but for rounding.
      return Double(refusals) >= share * Double(total) - 1e-9
        ? .refuse : Self.most(counts.filter { $0.key != .refuse })
    case .meanLogOdds: return Self.likeliest(votes)
    }
  }

  /// The decision that the votes which are still out can no longer change; `nil` while they can.
  ///
  /// - Parameters:
  ///   - votes: those that are in, each with its decision.
  ///   - count: how many there will be.
  public func settled(_ votes: [Vote], of count: Int) -> Decision? {
    let out = count - votes.count
    guard out > 0 else { return decision(of: votes) }
    // Log-odds have no bound, so that every vote may still change them.
    if self == .meanLogOdds { return nil }
    let worlds = Self.splits(of: out).map { votes + $0 }
    let decisions = Set(worlds.map { decision(of: $0) })
    return decisions.count == 1 ? decisions.first ?? nil : nil
  }

  /// Every way in which so many votes can fall.
  private static func splits(of count: Int) -> [[Vote]] {
    (0...count).flatMap { refuse in
      (0...(count - refuse)).map { caveat in
        [(Decision.refuse, refuse), (.caveat, caveat), (.comply, count - refuse - caveat)].flatMap { decision, number in
          [Vote](repeating: Vote(decision), count: number)
        }
      }
    }
  }

  private static func most(_ counts: [Decision: Int]) -> Decision? {
    guard let top = counts.values.max() else { return nil }
    let first = counts.filter { $0.value == top }
    return first.count == 1 ? first.keys.first : nil
  }

  private static func likeliest(_ votes: [Vote]) -> Decision? {
    let told = votes.filter { !$0.probabilities.isEmpty }
    guard !told.isEmpty else { return nil }
    func mean(_ value: (Vote) -> Double) -> Double { told.reduce(0) { $0 + value($1) } / Double(told.count) }
    let refusal = mean { vote in
      let share = vote.probabilities[.refuse, default: 0]
      return log(max(share, 1e-12)) - log(max(1 - share, 1e-12))
    }
    if refusal > 0 { return .refuse }
    let (caveat, comply) = (
      mean { $0.probabilities[.caveat, default: 0] }, mean { $0.probabilities[.comply, default: 0] }
    )
    if refusal == 0 || caveat == comply { return nil }
    return caveat > comply ? .caveat : .comply
  }
}
