import Tensor

// Draws that give the same value on every machine and with every standard library.
extension RandomStream.Generator {
  /// An index below `count`.
  mutating func below(_ count: Int) -> Int { min(count - 1, Int(uniform() * Double(count))) }

  /// One of `items`, all alike.
  mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }

  /// `true` with this probability.
  mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Two different items.
  mutating func pickTwo<T>(_ items: [T]) -> (T, T) {
    let first = below(items.count)
    let second = below(items.count - 1)
    return (items[first], items[second < first ? second : second + 1])
  }

  /// `count` different items in random order.
  mutating func sample<T>(_ items: [T], count: Int) -> [T] {
    var rest = items
    var drawn: [T] = []
    while drawn.count < count, !rest.isEmpty { drawn.append(rest.remove(at: below(rest.count))) }
    return drawn
  }

  /// An index, with these cumulative weights.
  mutating func index(cumulative: [Double]) -> Int {
    let target = uniform() * (cumulative.last ?? 0)
    var low = 0
    var high = max(0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// Running sums of weights.
func cumulative(_ weights: some Sequence<Double>) -> [Double] {
  var sum = 0.0
  return weights.map { weight in
    sum += weight
    return sum
  }
}
