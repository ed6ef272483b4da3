import Tensor

/// Labels that are shuffled as if they told nothing but what the groups of their rows tell.
///
/// Folds keep groups whole, and so must shuffles: rows of a group have much in common, and a label that goes with groups
/// meets it by chance more often than one that is dealt row by row. Which labellings could have come about as well
/// depends on the group:
/// - all of its rows have one label: it exchanges that with other such groups, as one unit;
/// - its rows have both: they exchange theirs within it, so that the group's share of positive rows, and whatever can
///   be read from that alone, is the same in every shuffle.
public struct GroupedLabels: Sendable {
  /// `[n]`
  public let labels: [Bool]
  /// `[n]`: the group of each row; a number of its own for each is a shuffle of rows.
  public let groups: [Int]
  /// What the shuffled labels are to be cross-validated on.
  public let folds: Folds

  /// Labels with the groups and the folds of their rows.
  public init(labels: [Bool], groups: [Int], folds: Folds) {
    (self.labels, self.groups, self.folds) = (labels, groups, folds)
  }

  /// Shuffles in which the folds can be learnt from and ranked, as they can with the labels as they are.
  ///
  /// - Returns: `[count][n]`.
  /// - Throws: `StatisticsError` if lengths differ, or next to no shuffle leaves both classes in every training part.
  public func shuffles(_ count: Int, stream: RandomStream) throws -> [[Bool]] {
    var usable: [[Bool]] = []
    for factor in [1, 4, 16, 64] {
      usable = try draw(factor * count, stream).filter(isUsable)
      if usable.count >= count { return Array(usable.prefix(count)) }
    }
    throw StatisticsError.tooFew(
      what: "shuffles with both classes in every fold's training rows", needed: count, found: usable.count)
  }

  private func draw(_ count: Int, _ stream: RandomStream) throws -> [[Bool]] {
    func holding(_ label: Bool) -> Set<Int> { Set(zip(groups, labels).filter { $0.1 == label }.map(\.0)) }
    let mixed = holding(true).intersection(holding(false))
    let alike = labels.indices.filter { !mixed.contains(groups[$0]) }
    let within = try LabelPermutation.within(blocks: groups)
      .labellings(of: labels, count: count, stream: stream.child("within"))
    let between = try LabelPermutation.between(groups: alike.map { groups[$0] })
      .labellings(of: alike.map { labels[$0] }, count: count, stream: stream.child("between"))
    return zip(within, between).map { shuffle, exchanged in
      var shuffle = shuffle
      for (row, label) in zip(alike, exchanged) { shuffle[row] = label }
      return shuffle
    }
  }

  private func isUsable(_ labels: [Bool]) -> Bool {
    func hasBoth(_ rows: [Int]) -> Bool { rows.contains { labels[$0] } && rows.contains { !labels[$0] } }
    return folds.folds.allSatisfy { hasBoth($0.train) } && folds.folds.contains { hasBoth($0.test) }
  }
}
