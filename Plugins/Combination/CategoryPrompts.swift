import Experiment
import Transformer

/// Prompts with the categories of harm that each belongs to, and the token where each is read.
struct CategoryPrompts {
  let prompts: [Prompt]
  /// The categories of each prompt; none if it is harmless. `[prompts]`
  let categories: [[String]]
  /// Which token is read. `[prompts]`
  let places: [Int]
  /// Which token is changed. `[prompts]`
  let changed: [Int]

  var tokens: [[Int]] { prompts.map(\.tokens) }
  var harmless: [Int] { prompts.indices.filter { categories[$0].isEmpty } }
  var harmful: [Int] { prompts.indices.filter { !categories[$0].isEmpty } }

  /// - Parameters:
  ///   - filter: the rows.
  ///   - target: the column that says which are harmful.
  ///   - column: the column that holds their categories.
  ///   - position: where they are read.
  ///   - changed: where they are changed; where they are read, if `nil`.
  init(
    _ filter: RowFilter, target: String, column: String, at position: Position, changedAt changed: Position? = nil,
    in context: CellContext
  ) throws {
    let (subject, data) = (try context.subject, try context.data)
    prompts = try context.prompts(where: filter, readAt: [position] + [changed].compactMap { $0 })
    categories = prompts.map { Self.categories(of: data.rows[$0.row], target: target, column: column) }
    places = try prompts.map { try subject.index(of: position, in: $0, data: data) }
    guard let changed else {
      self.changed = places
      return
    }
    let all = prompts
    self.changed = try all.map { try subject.index(of: changed, in: $0, data: data) }
  }

  private init(_ prompts: [Prompt], _ categories: [[String]], _ places: [Int], _ changed: [Int]) {
    (self.prompts, self.categories, self.places, self.changed) = (prompts, categories, places, changed)
  }

  /// The categories of a row: none if it is harmless.
  static func categories(of row: Dataset.Row, target: String, column: String) -> [String] {
    guard row[target]?.truth == true, let text = row[column]?.plain else { return [] }
    return text.split(separator: "+").map { $0.trimmingPrefix { $0 == " " } }.map(String.init).sorted()
  }

  /// Some of the prompts.
  func selecting(_ indices: [Int]) -> CategoryPrompts {
    CategoryPrompts(
      indices.map { prompts[$0] }, indices.map { categories[$0] }, indices.map { places[$0] },
      indices.map { changed[$0] })
  }

  /// The prompts of one category and no other.
  func only(_ category: String) -> [Int] { prompts.indices.filter { categories[$0] == [category] } }

  /// What hooks have at each prompt's place: `[hook][prompts][width]`.
  ///
  /// - Parameter places: a token of each prompt; those that are read, if `nil`.
  func activations(_ hooks: [HookPoint], of model: Model, at places: [Int]? = nil) throws -> [[[Float]]] {
    let places = places ?? self.places
    let forward = try model.forward(
      tokens, capture: hooks.map { HookPattern($0) }, at: .indices(places.map { [$0] }), logits: .none)
    return try hooks.map { hook in
      try prompts.indices.map { try forward.activation(hook, sequence: $0).values }
    }
  }
}

/// Means of activations, in float64.
enum Mean {
  /// The mean of some rows: `[width]`.
  static func of(_ rows: [[Float]], _ indices: [Int]) -> [Double] {
    var sums = [Double](repeating: 0, count: rows.first?.count ?? 0)
    for index in indices {
      for (column, value) in rows[index].enumerated() { sums[column] += Double(value) }
    }
    return sums.map { $0 / Double(max(1, indices.count)) }
  }

  /// The mean of numbers.
  static func of(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
}
