import Tensor

/// A division of rows for cross-validation: every row is tested exactly once, and never by a model that has seen its
/// group.
public struct Folds: Hashable, Sendable {
  /// Row indices, each list in increasing order.
  public struct Fold: Hashable, Sendable {
    /// Rows to learn from.
    public let train: [Int]
    /// Rows to be tested.
    public let test: [Int]
  }

  /// The folds; none has an empty test part.
  public let folds: [Fold]
  /// `[n]`: the fold that tests each row.
  public let foldOfRow: [Int]

  /// Whole groups dealt to `count` folds, so that the folds are of like size and like balance of classes.
  ///
  /// Groups are shuffled, then dealt largest first, each to the fold where the sum of squared class sizes grows least.
  ///
  /// - Parameters:
  ///   - groups: `[n]`; no group is in two folds. Give each row its own number for plain cross-validation.
  ///   - labels: `[n]`, to balance the classes; by default only sizes are balanced.
  /// - Throws: ``StatisticsError`` when there are fewer groups than folds, or fewer than two folds.
  public static func grouped(
    groups: [Int], labels: [Bool]? = nil, count: Int, stream: RandomStream
  ) throws -> Folds {
    let assignment = try deal(groups, labels, count, stream)
    return Folds(foldOfRow: assignment) { row, fold in assignment[row] != fold }
  }

  /// One fold for each group.
  ///
  /// - Throws: ``StatisticsError/tooFew(what:needed:found:)`` when there is only one.
  public static func leaveOneGroupOut(groups: [Int]) throws -> Folds {
    let numbers = Samples.groups(of: groups)
    let count = (numbers.max() ?? -1) + 1
    guard count > 1 else { throw StatisticsError.tooFew(what: "groups", needed: 2, found: count) }
    return Folds(foldOfRow: numbers) { row, fold in numbers[row] != fold }
  }

  /// Two groupings at once (template and object): both are dealt to folds, every pair of folds is a block, and a block
  /// is tested by a model that saw neither any of its templates nor any of its objects.
  ///
  /// With k x k blocks a model learns from about (1 - 1/k)² of the rows. Empty blocks are left out.
  ///
  /// - Throws: ``StatisticsError`` when either grouping has fewer groups than folds, or fewer than two folds.
  public static func crossed(
    _ first: [Int], _ second: [Int], labels: [Bool]? = nil, count: Int, stream: RandomStream
  ) throws -> Folds {
    guard first.count == second.count else {
      throw StatisticsError.lengths(what: "second groups", expected: first.count, found: second.count)
    }
    let a = try deal(first, labels, count, stream.child("first"))
    let b = try deal(second, labels, count, stream.child("second"))
    let blocks = Samples.groups(of: zip(a, b).map { $0 * count + $1 })
    var corner: [Int: (Int, Int)] = [:]
    for (row, block) in blocks.enumerated() { corner[block] = (a[row], b[row]) }
    return Folds(foldOfRow: blocks) { row, block in
      corner[block].map { a[row] != $0.0 && b[row] != $0.1 } ?? false
    }
  }

  private init(foldOfRow: [Int], trains: (_ row: Int, _ fold: Int) -> Bool) {
    let count = (foldOfRow.max() ?? -1) + 1
    self.foldOfRow = foldOfRow
    folds = (0..<count).map { fold in
      Fold(
        train: foldOfRow.indices.filter { trains($0, fold) }, test: foldOfRow.indices.filter { foldOfRow[$0] == fold })
    }
  }

  private static func deal(
    _ groups: [Int], _ labels: [Bool]?, _ count: Int, _ stream: RandomStream
  ) throws -> [Int] {
    if let labels, labels.count != groups.count {
      throw StatisticsError.lengths(what: "labels", expected: groups.count, found: labels.count)
    }
    guard count > 1 else { throw StatisticsError.tooFew(what: "folds", needed: 2, found: count) }
    let numbers = Samples.groups(of: groups)
    let groupCount = (numbers.max() ?? -1) + 1
    guard groupCount >= count else {
      throw StatisticsError.tooFew(what: "groups for \(count) folds", needed: count, found: groupCount)
    }
    var sizes = [SIMD2<Int>](repeating: .zero, count: groupCount)  // negative, positive rows
    for (row, number) in numbers.enumerated() { sizes[number][labels?[row] == true ? 1 : 0] += 1 }

    let shuffled = stream.permutation(of: groupCount)
    let place = shuffled.indices.sorted {
      let (a, b) = (sizes[shuffled[$0]].wrappedSum(), sizes[shuffled[$1]].wrappedSum())
      return a != b ? a > b : $0 < $1
    }
    var filled = [SIMD2<Int>](repeating: .zero, count: count)
    var foldOfGroup = [Int](repeating: 0, count: groupCount)
    for group in place.map({ shuffled[$0] }) {
      // (f + s)² - f² = s (2f + s), summed over classes; an empty fold comes first, so that none stays empty.
      let growth = filled.map { (sizes[group] &* (2 &* $0 &+ sizes[group])).wrappedSum() }
      let best = filled.indices.min {
        let (a, b) = (filled[$0].wrappedSum(), filled[$1].wrappedSum())
        return growth[$0] != growth[$1] ? growth[$0] < growth[$1] : (a != b ? a < b : $0 < $1)
      }
      foldOfGroup[group] = best ?? 0
      filled[foldOfGroup[group]] &+= sizes[group]
    }
    return numbers.map { foldOfGroup[$0] }
  }
}
