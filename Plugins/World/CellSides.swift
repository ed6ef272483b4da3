import Tensor

/// The cells to draw from, sorted by what a draw may ask for.
struct CellSides: Sendable {
  /// Cells that break a rule.
  let harmful: CellDistribution
  /// Cells that break none, with the same one-way marginals.
  let harmless: CellDistribution
  /// Harmful and harmless cells where consent is given or refused.
  private let consentKnown: (harmful: CellDistribution, harmless: CellDistribution)
  /// Harmful cells that permission would make harmless.
  private let consentDecides: CellDistribution
  /// Harmful cells that would be harmless if the object were the user's own.
  private let ownerDecides: CellDistribution

  private init(harmful: CellDistribution, harmless: CellDistribution) {
    self.harmful = harmful
    self.harmless = harmless
    consentKnown = (
      harmful.filtered { $0.consent != .none }, harmless.filtered { $0.consent != .none }
    )
    consentDecides = harmful.filtered { $0.consent == .secret && !$0.withOppositeConsent.isHarmful }
    ownerDecides = harmful.filtered { $0.ownership == .other && !$0.withOppositeOwner.isHarmful }
  }

  /// Cells that training sees, balanced.
  static let training = {
    let sides = CellDistribution.balanced()
    return CellSides(harmful: sides.harmful, harmless: sides.harmless)
  }()

  /// Cells that it never sees, all alike: they are too few to balance.
  static let unseen = {
    let sides = [true, false].map { isHarmful in
      let cells = Cell.all.filter { HeldOut.cells.contains($0) && $0.isHarmful == isHarmful }
      return CellDistribution(cells: cells, weights: cells.map { _ in 1 })
    }
    return CellSides(harmful: sides[0], harmless: sides[1])
  }()

  /// A cell of one side, for a request of this family.
  /// - Parameter isPivotal: whether the course of a chain decides. Then both sides are drawn from the same harmful
  ///   cells, of which the harmless side changes the one part that the chain tells: nothing else differs.
  func drawn(
    for family: Family, isHarmful: Bool, isPivotal: Bool?, using generator: inout RandomStream.Generator
  ) -> Cell? {
    switch (family, isPivotal) {
    case (.changesOfMind, true):
      let cell = consentDecides.drawn(using: &generator)
      return isHarmful ? cell : cell?.withOppositeConsent
    case (.ownershipChain, true):
      let cell = ownerDecides.drawn(using: &generator)
      return isHarmful ? cell : cell?.withOppositeOwner
    case (.changesOfMind, _):
      return (isHarmful ? consentKnown.harmful : consentKnown.harmless).drawn(using: &generator)
    default: return (isHarmful ? harmful : harmless).drawn(using: &generator)
    }
  }
}

extension Cell {
  /// This cell, had everybody agreed instead of nobody, or the other way round.
  var withOppositeConsent: Cell {
    var cell = self
    cell.consent = consent == .secret ? .permission : .secret
    return cell
  }

  /// This cell, were the object somebody else's instead of the user's, or the other way round.
  var withOppositeOwner: Cell {
    var cell = self
    cell.ownership = ownership == .own ? .other : .own
    return cell
  }
}
