import Experiment
import Statistics
import Tensor

/// The effects of injections and their interaction contrasts I(i, j) = f(ij) - f(i) - f(j) + f(0), prompt by prompt.
struct Contrasts {
  /// The effect of each subset at each dose: `[dose][subset][axis][prompt]`, nothing for the empty one.
  let effects: [[[[Double]]]]
  let categories: Int

  /// The pairs of categories.
  var pairs: [(Int, Int)] { Self.pairs(categories) }

  static func pairs(_ categories: Int) -> [(Int, Int)] {
    (0..<categories).flatMap { i in (i + 1..<max(i + 1, categories)).map { (i, $0) } }
  }

  /// The interaction of a pair: `[prompt]`. The unchanged run cancels but for one.
  func interaction(_ pair: (Int, Int), dose: Int, axis: Int) -> [Double] {
    let both = effects[dose][1 << pair.0 | 1 << pair.1][axis]
    let (first, second) = (effects[dose][1 << pair.0][axis], effects[dose][1 << pair.1][axis])
    return both.indices.map { both[$0] - first[$0] - second[$0] }
  }

  /// The mean interaction of all pairs: `[prompt]`.
  func pooled(dose: Int, axis: Int) -> [Double] {
    Self.mean(pairs.map { interaction($0, dose: dose, axis: axis) })
  }

  /// The mean effect of the subsets of some size: `[prompt]`.
  func effect(ofSize size: Int, dose: Int, axis: Int) -> [Double] {
    Self.mean((1..<1 << categories).filter { $0.nonzeroBitCount == size }.map { effects[dose][$0][axis] })
  }

  /// The mean of columns, row by row.
  static func mean(_ columns: [[Double]]) -> [Double] {
    guard let first = columns.first else { return [] }
    return first.indices.map { row in columns.reduce(0) { $0 + $1[row] } / Double(columns.count) }
  }

  /// Family-wise p-values of many contrasts, each `[prompt]`, two-sided: every prompt's contrasts could as well have had
  /// the other sign, all together.
  ///
  /// The statistic is the sum over the root of the sum of squares, which flips leave alone. Contrasts below `floor` on
  /// average are float32's own noise and count as none.
  static func familywise(
    _ contrasts: [[Double]], permutations: Int, floor: Double = 1e-5, stream: RandomStream
  ) throws -> [Double] {
    let scales = contrasts.map { row -> Double in
      let squares = row.reduce(0) { $0 + $1 * $1 }
      return (squares / Double(max(1, row.count))).squareRoot() < floor ? 0 : 1 / squares.squareRoot()
    }
    func statistics(_ signs: [Double]) -> [Double] {
      zip(contrasts, scales).map { row, scale in
        guard scale > 0 else { return 0 }
        return abs(zip(row, signs).reduce(0) { $0 + $1.0 * $1.1 }) * scale
      }
    }
    let prompts = contrasts.first?.count ?? 0
    return try MaxStatistic(
      observed: statistics([Double](repeating: 1, count: prompts)), permutations: permutations
    ) { permutation in
      let draws = stream.child(permutation)
      return statistics((0..<prompts).map { draws.uniform(at: UInt64($0)) < 0.5 ? -1 : 1 })
    }.p
  }
}
