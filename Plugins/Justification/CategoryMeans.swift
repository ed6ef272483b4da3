import Experiment
import Manuscript
import Transformer

/// The mean activation of each category's requests, and of harmless ones, where a direction was found.
struct CategoryMeans {
  /// Fewer make a mean that is mostly their own noise.
  static let fewest = 8

  let hook: HookPoint
  /// By category; harmless requests under the empty name. `[d_model]`, in float64.
  private let means: [String: [Double]]
  /// The categories with enough prompts, in alphabetical order.
  let names: [String]

  /// - Throws: a `Problem` if fewer than two categories have enough prompts.
  init(_ settings: JustifySettings, in context: CellContext) throws {
    let (subject, data) = (try context.subject, try context.data)
    guard let reference = settings.direction, let selection = settings.selection else {
      throw Problem("“operation: swap” needs “direction” and “selection”", at: context.scope.cell.location)
    }
    let direction = try context.direction(reference)
    let hook = try HookPoint(direction.hook)
    guard let position = Position(direction.position), position.isSingle else {
      throw Problem(
        "the direction “\(reference.written)” was read at “\(direction.position)”, which is no one position",
        at: reference.location, help: "take a direction of a {direction} cell")
    }
    let prompts = try context.prompts(where: selection)
    let groups = Dictionary(grouping: prompts) { prompt in
      data.rows[prompt.row][settings.target]?.truth == true
        ? data.rows[prompt.row][settings.category]?.plain ?? "" : ""
    }
    names = groups.filter { !$0.key.isEmpty && $0.value.count >= Self.fewest }.keys.sorted()
    guard names.count >= 2 else {
      let counts = groups.filter { !$0.key.isEmpty }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.count)" }
      throw Problem(
        "\(names.count) categories have enough prompts (\(counts.joined(separator: ", ")))",
        at: context.scope.location(of: "selection"), expected: "expected: two with at least \(Self.fewest) each")
    }
    var means: [String: [Double]] = [:]
    for (name, members) in groups where name.isEmpty || names.contains(name) {
      let places = try members.map { [try subject.index(of: position, in: $0, data: data)] }
      let forward = try subject.model.forward(
        members.map(\.tokens), capture: [HookPattern(hook)], at: .indices(places), logits: .none,
        stopAfterLayer: hook.layer)
      var sum = [Double](repeating: 0, count: subject.model.configuration.width)
      for index in members.indices {
        for (i, x) in try forward.activation(hook, sequence: index).values.enumerated() { sum[i] += Double(x) }
      }
      means[name] = sum.map { $0 / Double(members.count) }
    }
    self.hook = hook
    self.means = means
  }

  /// Whether there is a mean of a category; the empty name stands for harmless requests.
  func knows(_ category: String) -> Bool { means[category] != nil }

  /// Which category is put in the place of one: each in turn, never itself.
  func other(than own: String, at index: Int) -> String {
    let others = names.filter { $0 != own }
    return others[index % others.count]
  }

  /// What leads from one category to another: the difference of their means, and its length.
  func step(from own: String, to other: String) -> (unit: [Float], norm: Double) {
    let difference = zip(means[other] ?? [], means[own] ?? []).map { $0 - $1 }
    let norm = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return (difference.map { Float(norm > 0 ? $0 / norm : 0) }, norm)
  }
}
