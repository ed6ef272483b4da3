import Manuscript

/// How data are divided: named parts, each with its share of the whole, such as `{ train: 0.8, test: 0.2 }`.
struct SplitShares: SettingValue, Hashable {
  /// The parts, sorted by name, so that the order in which a document lists them changes nothing.
  let parts: [Part]

  /// One part.
  struct Part: Hashable, Sendable {
    let name: String
    /// More than 0, and at most 1.
    let share: Double
  }

  static var form: String { "a map from the names of parts to their shares, which add up to 1" }

  var written: String { "{" + parts.map { "\($0.name.written): \($0.share)" }.joined(separator: ", ") + "}" }

  static func read(_ yaml: YAMLValue) throws(Problem) -> SplitShares {
    guard let entries = yaml.entries, !entries.isEmpty else { throw mismatch(yaml) }
    var parts: [Part] = []
    for entry in entries {
      guard let share = entry.value.double, share > 0, share <= 1 else {
        throw Problem(
          "the share of “\(entry.key.value)” is \(entry.value.summary)", at: entry.value.location,
          expected: "expected: a number above 0 and up to 1")
      }
      parts.append(Part(name: entry.key.value, share: share))
    }
    let sum = parts.reduce(0) { $0 + $1.share }
    guard abs(sum - 1) <= 1e-9 else {
      throw Problem("the shares add up to \(sum)", at: yaml.location, expected: "expected: \(form)")
    }
    return SplitShares(parts: parts.sorted { $0.name < $1.name })
  }

  /// How many of so many units each part gets: whole numbers that add up, by the largest remainder (Hamilton's method).
  ///
  /// Ties go to the first name. Sizes are within one unit of share × count.
  func sizes(of count: Int) -> [Int] {
    let quotas = parts.map { $0.share * Double(count) }
    // A quota that is a whole number but for rounding is that number: 0.7 of 10 is 7.
    var sizes = quotas.map { Int(($0 + 1e-9 * Double(count)).rounded(.down)) }
    let order = quotas.indices.sorted {
      (quotas[$1] - Double(sizes[$1]), $0) < (quotas[$0] - Double(sizes[$0]), $1)
    }
    for index in order.prefix(max(0, count - sizes.reduce(0, +))) { sizes[index] += 1 }
    return sizes
  }
}
