/// What a classifier learns from and is tested on: one row of features, one label and one group for each example.
public struct Samples: Hashable, Sendable {
  /// `[n, d]`: activations, or word counts.
  public let features: RealMatrix
  /// `[n]`: whether each row is of the positive class.
  public let labels: [Bool]
  /// `[n]`: the unit that each row belongs to (a template, an object, a pair); rows of one group are not independent.
  public let groups: [Int]

  /// - Parameter groups: by default every row is a group of its own.
  /// - Throws: ``StatisticsError`` if lengths differ or a feature is not finite.
  public init(features: RealMatrix, labels: [Bool], groups: [Int]? = nil) throws {
    guard labels.count == features.rows else {
      throw StatisticsError.lengths(what: "labels", expected: features.rows, found: labels.count)
    }
    if let groups, groups.count != features.rows {
      throw StatisticsError.lengths(what: "groups", expected: features.rows, found: groups.count)
    }
    if let index = features.values.firstIndex(where: { !$0.isFinite }) {
      throw StatisticsError.notFinite(row: index / features.columns, column: index % features.columns)
    }
    self.features = features
    self.labels = labels
    self.groups = groups ?? Array(0..<features.rows)
  }

  /// How many rows.
  public var count: Int { labels.count }

  /// How many features.
  public var width: Int { features.columns }

  /// The rows of these indices, in this order.
  public func selecting(rows indices: [Int]) -> Samples {
    Samples(
      checked: features.selecting(rows: indices), labels: indices.map { labels[$0] }, groups: indices.map { groups[$0] }
    )
  }

  /// The same features under other labels: shuffled ones, or a control task's.
  ///
  /// - Throws: ``StatisticsError/lengths(what:expected:found:)`` unless there is one for each row.
  public func relabelled(_ labels: [Bool]) throws -> Samples {
    guard labels.count == count else {
      throw StatisticsError.lengths(what: "labels", expected: count, found: labels.count)
    }
    return Samples(checked: features, labels: labels, groups: groups)
  }

  private init(checked features: RealMatrix, labels: [Bool], groups: [Int]) {
    self.features = features
    self.labels = labels
    self.groups = groups
  }
}

extension Samples {
  /// Numbers for names, in order of first appearance: the group ids of a column of templates or objects.
  public static func groups(of names: some Sequence<some Hashable>) -> [Int] {
    var numbers: [AnyHashable: Int] = [:]
    return names.map { name in
      if let number = numbers[name] { return number }
      numbers[name] = numbers.count
      return numbers.count - 1
    }
  }
}
