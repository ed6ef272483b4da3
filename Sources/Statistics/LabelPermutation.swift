import Tensor

/// How labels may be exchanged under the null hypothesis; it must respect how they came about.
public enum LabelPermutation: Hashable, Sendable {
  /// Any label could have gone to any row.
  case rows
  /// Labels change places only within a block (the two members of a pair).
  case within(blocks: [Int])
  /// A group (an object, a template) has one label for all of its rows, and groups exchange theirs.
  case between(groups: [Int])

  /// `count` permutations of labels `[n]`; the i-th depends on the stream and i alone.
  ///
  /// - Throws: ``StatisticsError`` if lengths differ, or a group to be exchanged has rows of both classes.
  public func labellings(of labels: [Bool], count: Int, stream: RandomStream) throws -> [[Bool]] {
    switch self {
    case .rows:
      return (0..<count).map { index in stream.child(index).permutation(of: labels.count).map { labels[$0] } }
    case .within(let blocks):
      let members = try Self.members(blocks, labels)
      return (0..<count).map { index in
        var permuted = labels
        for (block, rows) in members.enumerated() {
          let order = stream.child(index).child(block).permutation(of: rows.count)
          for (place, from) in order.enumerated() { permuted[rows[place]] = labels[rows[from]] }
        }
        return permuted
      }
    case .between(let groups):
      let members = try Self.members(groups, labels)
      let groupLabels = try members.map { rows in
        let positive = rows.count { labels[$0] }
        guard positive == 0 || positive == rows.count else {
          throw StatisticsError.parameter(
            name: "the positive rows of a group of \(rows.count)", allowed: "none or all, to exchange whole groups",
            found: Double(positive))
        }
        return positive > 0
      }
      let numbers = Samples.groups(of: groups)
      return (0..<count).map { index in
        let order = stream.child(index).permutation(of: members.count)
        return numbers.map { groupLabels[order[$0]] }
      }
    }
  }

  private static func members(_ groups: [Int], _ labels: [Bool]) throws -> [[Int]] {
    guard groups.count == labels.count else {
      throw StatisticsError.lengths(what: "groups", expected: labels.count, found: groups.count)
    }
    let numbers = Samples.groups(of: groups)
    var members = [[Int]](repeating: [], count: (numbers.max() ?? -1) + 1)
    for (row, number) in numbers.enumerated() { members[number].append(row) }
    return members
  }
}
