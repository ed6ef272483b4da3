/// The known name that a mistyped one most likely meant, or `nil` if none is near.
///
/// Distance is the number of insertions, deletions, replacements and swaps of neighbours (optimal string alignment),
/// ignoring case; a name is near if no more than a third of its letters, and at least one, would have to change.
/// Ties go to the first in alphabetical order. Complexity: O(length²) for each candidate.
public func nearest(_ name: String, among candidates: some Sequence<String>) -> String? {
  let target = Array(name.lowercased().unicodeScalars)
  var best: (distance: Int, name: String)?
  for candidate in candidates where candidate != name {
    let other = Array(candidate.lowercased().unicodeScalars)
    let limit = max(1, max(target.count, other.count) / 3)
    guard abs(target.count - other.count) <= limit else { continue }
    let distance = editDistance(target, other)
    guard distance <= limit, distance < max(target.count, other.count) else { continue }
    if let current = best, (current.distance, current.name) <= (distance, candidate) { continue }
    best = (distance, candidate)
  }
  return best?.name
}

/// The optimal string alignment distance between two sequences of scalars.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  var beforePrevious = [Int](repeating: 0, count: right.count + 1)
  var previous = Array(0...right.count)
  for i in left.indices {
    var current = [i + 1] + [Int](repeating: 0, count: right.count)
    for j in right.indices {
      let replaced = previous[j] + (left[i] == right[j] ? 0 : 1)
      current[j + 1] = min(replaced, previous[j + 1] + 1, current[j] + 1)
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        current[j + 1] = min(current[j + 1], beforePrevious[j - 1] + 1)
      }
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[right.count]
}
