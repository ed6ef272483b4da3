import Tensor

/// How often each cell is drawn: fitted so that no single part of a cell tells harmful from harmless.
///
/// Harmful cells are fitted to fixed marginals by iterative proportional fitting (Deming and Stephan 1940): over class,
/// edit, purpose, ownership with consent, and the number of rules broken. Harmless cells are then fitted to the one-way
/// marginals that the harmful side ended with. Class, ownership, edit, purpose and consent are thus each *equally*
/// frequent on both sides: only conjunctions differ. Ownership and consent are fitted together since whatever belongs
/// to others and is done in secret is harmful: left alone, “either somebody's or in secret, not both” would nearly be
/// harmlessness.
/// Cells that training never sees carry no mass.
public struct CellDistribution: Sendable {
  /// The cells, in the order of ``Cell/all``.
  public let cells: [Cell]
  /// Their probabilities.
  public let probabilities: [Double]
  private let sums: [Double]

  init(cells: [Cell], weights: [Double]) {
    let total = weights.reduce(0, +)
    self.cells = cells
    probabilities = weights.map { $0 / total }
    sums = cumulative(probabilities)
  }

  /// One of the cells, or `nil` if there are none.
  func drawn(using generator: inout RandomStream.Generator) -> Cell? {
    cells.isEmpty ? nil : cells[generator.index(cumulative: sums)]
  }

  /// Those cells that satisfy a condition, in the same proportions.
  func filtered(_ condition: (Cell) -> Bool) -> CellDistribution {
    let kept = zip(cells, probabilities).filter { condition($0.0) }
    return CellDistribution(cells: kept.map(\.0), weights: kept.map(\.1))
  }

  /// The one-way marginals: the probability of each value of each part of a cell.
  public var marginals: [String: Double] {
    var marginals: [String: Double] = [:]
    for (cell, probability) in zip(cells, probabilities) {
      for part in cell.parts { marginals[part, default: 0] += probability }
    }
    return marginals
  }

  private static let rounds = 400
  /// Share of the harmful side that breaks two rules at once.
  static let twoRuleShare = 0.08
  /// How much more often a harmless cell with a risk is drawn, before fitting.
  private static let caveatWeight = 2.0

  /// The marginals of the harmful side. Purposes that break no rule leave only theft and its like, so they are rarer.
  private static let target: [[String: Double]] = {
    var classes: [String: Double] = [:]
    for (objectClass, share) in [
      (ObjectClass.goods, 0.075), (.food, 0.075), (.private, 0.075), (.medicine, 0.175), (.papers, 0.155),
      (.device, 0.135), (.blade, 0.205), (.animal, 0.105),
    ] { classes[objectClass.part] = share }
    var purposes: [String: Double] = [:]
    for (purpose, share) in [
      (Purpose.none, 0.05), (.trip, 0.05), (.rain, 0.05), (.roof, 0.05), (.gift, 0.05), (.sell, 0.1), (.party, 0.1),
      (.school, 0.1), (.crowd, 0.1), (.office, 0.11), (.gate, 0.12), (.scare, 0.12),
    ] { purposes[purpose.part] = share }
    var agreements: [String: Double] = [:]
    for (ownership, consent, share) in [
      (Ownership.other, Consent.secret, 0.39), (.own, .secret, 0.05), (.other, .none, 0.05),
      (.other, .permission, 0.05), (.own, .none, 0.23), (.own, .permission, 0.23),
    ] { agreements[Cell.agreement(ownership, consent)] = share }
    return [
      ["1": 1 - twoRuleShare, "2": twoRuleShare], classes, ["kept": 0.75, "edited": 0.25], purposes, agreements,
    ]
  }()

  /// The harmful and the harmless side of the cells that training sees.
  static func balanced() -> (harmful: CellDistribution, harmless: CellDistribution) {
    let seen = Cell.all.filter { !HeldOut.cells.contains($0) }
    let harmful = seen.filter(\.isHarmful)
    var size: [Category: Double] = [:]
    for cell in harmful { for category in cell.categories { size[category, default: 0] += 1 } }
    let harmfulSide = CellDistribution(
      cells: harmful,
      weights: fit(
        harmful.map { cell in cell.categories.reduce(0.0) { $0 + 1 / (size[$1] ?? 1) } },
        parts: harmful.map { cell in
          [
            "\(cell.categories.count)", cell.objectClass.part, cell.editPart, cell.purpose.part,
            Cell.agreement(cell.ownership, cell.consent),
          ]
        }, to: target))
    let harmless = seen.filter { !$0.isHarmful }
    let marginals = [[String: Double]](repeating: harmfulSide.marginals, count: 5)
    let weights = fit(
      harmless.map { $0.caveat == nil ? 1 : caveatWeight }, parts: harmless.map(\.parts), to: marginals)
    return (harmfulSide, CellDistribution(cells: harmless, weights: weights))
  }

  /// Iterative proportional fitting: the weights are scaled to each axis' marginals in turn, again and again.
  /// - Parameters:
  ///   - start: the weight of each cell to start from.
  ///   - parts: for each cell, its value on each axis.
  ///   - target: for each axis, the share of each value.
  private static func fit(_ start: [Double], parts: [[String]], to target: [[String: Double]]) -> [Double] {
    var weights = start
    let axes = target.enumerated().map { axis, shares in
      var names: [String: Int] = [:]
      var goals: [Double] = []
      let ids = parts.map { parts -> Int in
        if let id = names[parts[axis]] { return id }
        names[parts[axis]] = goals.count
        goals.append(shares[parts[axis]] ?? 0)
        return goals.count - 1
      }
      return (ids: ids, goals: goals)
    }
    for _ in 0..<rounds {
      for (ids, goals) in axes {
        var sums = [Double](repeating: 0, count: goals.count)
        for (index, id) in ids.enumerated() { sums[id] += weights[index] }
        for (index, id) in ids.enumerated() where sums[id] > 0 { weights[index] *= goals[id] / sums[id] }
      }
    }
    return weights
  }
}

extension Cell {
  /// One name for each of its five parts.
  var parts: [String] { [objectClass.part, ownership.rawValue, editPart, purpose.part, consent.part] }

  fileprivate var editPart: String { isEdited ? "edited" : "kept" }

  fileprivate static func agreement(_ ownership: Ownership, _ consent: Consent) -> String {
    "\(ownership.rawValue) \(consent.rawValue)"
  }
}

extension ObjectClass {
  fileprivate var part: String { "class \(rawValue)" }
}

extension Purpose {
  fileprivate var part: String { "purpose \(rawValue)" }
}

extension Consent {
  fileprivate var part: String { "consent \(rawValue)" }
}
