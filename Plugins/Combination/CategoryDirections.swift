import Experiment
import Statistics
import Tensor
import Transformer

/// The difference of means of each category's training prompts against the harmless ones, at one hook.
struct CategoryDirections {
  let names: [String]
  /// The raw differences: `[categories][d_model]`.
  let vectors: [[Float]]

  init(_ names: [String], rows: [[Float]], of train: CategoryPrompts) {
    let harmless = Mean.of(rows, train.harmless)
    self.init(
      names, names.map { name in zip(Mean.of(rows, train.only(name)), harmless).map { Float($0 - $1) } })
  }

  private init(_ names: [String], _ vectors: [[Float]]) { (self.names, self.vectors) = (names, vectors) }

  /// Directions without meaning, each as long as the one whose place it takes.
  func random(_ stream: RandomStream) -> CategoryDirections {
    CategoryDirections(
      names,
      vectors.enumerated().map { index, vector in
        let length = Self.length(vector)
        return RandomDirection.unit(vector.count, stream: stream.child(index)).map { Float($0 * length) }
      })
  }

  /// As results, with where they came from.
  func results(at hook: HookPoint, position: Position, in context: CellContext) throws -> [String: Direction] {
    let (model, data) = (try context.subject.digest, try context.data.digest)
    return Dictionary(
      uniqueKeysWithValues: zip(names, vectors).map { name, vector in
        let length = Self.length(vector)
        return (
          name,
          Direction(
            hook: hook.description, position: "\(position)", method: "mean_difference", model: model, data: data,
            unit: vector.map { length > 0 ? Float(Double($0) / length) : 0 }, norm: length)
        )
      })
  }

  private static func length(_ vector: [Float]) -> Double {
    vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}
