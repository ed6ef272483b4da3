import Experiment
import Statistics
import Transformer

/// The activations that probes read: one row per prompt, for every layer and position.
struct Reading {
  /// A place in the network and in the prompt.
  struct Place: Hashable {
    let layer: Int
    let position: Position
  }

  /// Prompts to learn from, and prompts to be measured on.
  let train: Rows
  let test: Rows?
  let layers: [Int]
  let positions: [Position]

  /// A set of prompts with what was read from them.
  struct Rows {
    let prompts: [Prompt]
    let rows: [Dataset.Row]
    let labels: [Bool]
    /// `[prompts, d]` by place.
    let features: [Place: RealMatrix]
    /// `[prompts, d_model]`: the mean embedding of the instruction's tokens.
    let meanEmbedding: RealMatrix

    func groups(_ column: String) -> [Int] {
      Samples.groups(of: rows.map { $0[column]?.plain ?? "" })
    }
  }

  init(_ settings: ProbeSettings, in context: CellContext) throws {
    let (subject, data) = (try context.subject, try context.data)
    let train = try context.prompts(where: settings.rows, readAt: settings.positions)
    let test = try settings.test.map { try context.prompts(where: $0, readAt: settings.positions) }
    let layers = settings.layers.resolved(count: subject.model.configuration.layers)
    // A range may hold a position that is named beside it.
    let positions = try settings.positions.flatMap { try $0.expanded(in: train + (test ?? [])) }
      .reduce(into: [Position]()) { known, position in
        if !known.contains(position) { known.append(position) }
      }
    (self.layers, self.positions) = (layers, positions)
    let total = train.count + (test?.count ?? 0)
    self.train = try Self.read(train, settings, layers, positions, subject, data)
    try context.progress(train.count, of: total)
    self.test = try test.map { try Self.read($0, settings, layers, positions, subject, data) }
    try context.progress(total, of: total)
  }

  private static func read(
    _ prompts: [Prompt], _ settings: ProbeSettings, _ layers: [Int], _ positions: [Position], _ subject: Subject,
    _ data: Dataset
  ) throws -> Rows {
    let rows = prompts.map { data.rows[$0.row] }
    let places = try prompts.map { prompt in try positions.map { try subject.index(of: $0, in: prompt, data: data) } }
    let hooks = layers.map { HookPoint(settings.site.hook, layer: $0) }
    let forward = try subject.model.forward(
      prompts.map(\.tokens), capture: hooks.map { HookPattern($0) }, at: .indices(places.map { Set($0).sorted() }),
      logits: .none, stopAfterLayer: layers.max())
    var features: [Place: RealMatrix] = [:]
    let width = settings.site.hook.width(in: subject.model.configuration)
    for (layer, hook) in zip(layers, hooks) {
      let tensors = try prompts.indices.map { try forward.activation(hook, sequence: $0) }
      for (index, position) in positions.enumerated() {
        var values: [Float] = []
        values.reserveCapacity(prompts.count * width)
        for (prompt, tensor) in tensors.enumerated() {
          let order = Set(places[prompt]).sorted()
          guard let row = order.firstIndex(of: places[prompt][index]) else { continue }
          values += tensor.reshaped([order.count, width]).row(row).values
        }
        features[Place(layer: layer, position: position)] = try RealMatrix(
          rows: prompts.count, columns: width, activations: values)
      }
    }
    return Rows(
      prompts: prompts, rows: rows, labels: rows.map { $0[settings.target]?.truth ?? false }, features: features,
      meanEmbedding: try meanEmbedding(prompts, subject))
  }

  private static func meanEmbedding(_ prompts: [Prompt], _ subject: Subject) throws -> RealMatrix {
    let hook = HookPoint(.embed)
    let forward = try subject.model.forward(
      prompts.map(\.tokens), capture: [HookPattern(hook)], at: .indices(prompts.map { Array($0.instruction) }),
      logits: .none, stopAfterLayer: 0)
    let width = subject.model.configuration.width
    return try RealMatrix(
      try prompts.indices.map { index in
        let values = try forward.activation(hook, sequence: index).values
        let rows = max(1, values.count / width)
        return (0..<width).map { column in
          stride(from: column, to: values.count, by: width).reduce(0) { $0 + Double(values[$1]) } / Double(rows)
        }
      })
  }
}
