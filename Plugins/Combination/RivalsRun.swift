import Experiment
import Statistics
import Tensor
import Transformer

/// One `{rivals}` cell as it runs: components chosen on some prompts, set to their means on others.
struct RivalsRun {
  /// Logits at the last token, less their mean over the vocabulary: a shift of all of them changes no answer.
  struct Logits: Sendable {
    let refuse, comply: Double
    var gap: Double { refuse - comply }
  }

  /// What setting one component to its mean did to the harmful training prompts, on average.
  struct Effect {
    let component: Component
    /// How much of the gap went.
    let lost: Double
    /// How much the compliance token rose.
    let freed: Double
  }

  /// What came of one way of answering the harmful test prompts.
  struct Outcome {
    let name: String
    let role: Figure.Role
    let logits: [Logits]
    let scores: [Double]
    let responses: [String]
    let refuses: [Bool]
  }

  let settings: RivalsSettings
  private let context: CellContext
  private let subject: Subject
  private let metric: RefusalMetric
  private let ids: [Int]
  private let means: [Component: [Float]]
  /// The harmful and harmless test prompts.
  let harmful, harmless: [Prompt]
  /// Every component, in the order of the layers.
  let effects: [Effect]
  /// The head whose loss costs most of the gap, and the component that holds the compliance token down most.
  let reader, suppressor: Component

  init(_ settings: RivalsSettings, in context: CellContext) throws {
    (self.settings, self.context) = (settings, context)
    let subject = try context.subject
    let configuration = subject.model.configuration
    self.subject = subject
    metric = try RefusalMetric(
      tokens: settings.refusalTokens, phrases: settings.refusalPhrases, subject: subject)
    let ids = settings.tokens.map { subject.tokenizer.encode($0)[0] }
    self.ids = ids
    let data = try context.data
    func sample(_ rows: RowFilter, harmful: Bool, _ part: String) throws -> [Prompt] {
      let all = try context.prompts(where: rows).filter { data.rows[$0.row][settings.target]?.truth == harmful }
      var generator = context.stream("sample/\(part)/\(harmful)").generator()
      return all.shuffled(using: &generator).prefix(settings.prompts).sorted { $0.row < $1.row }
    }
    let components = Component.all(of: configuration)
    let train = (
      harmful: try sample(settings.train, harmful: true, "train"),
      harmless: try sample(settings.train, harmful: false, "train")
    )
    (harmful, harmless) = (
      try sample(settings.test, harmful: true, "test"), try sample(settings.test, harmful: false, "test")
    )
    let forward = try subject.model.forward(
      train.harmless.map(\.tokens), capture: [HookPattern(.z), HookPattern(.mlpOut)], at: .last, logits: .none)
    let means = try Dictionary(
      uniqueKeysWithValues: components.map { component in
        let rows = try train.harmless.indices.map {
          component.part(of: try forward.activation(component.hook, sequence: $0).values, configuration)
        }
        return (component, Mean.of(rows, Array(rows.indices)).map(Float.init))
      })
    self.means = means
    let outcome = try Sweep(
      of: subject.model, over: train.harmful.map(\.tokens),
      arms: [[]] + components.map { [$0.set(to: means[$0] ?? [])] },
      seed: context.stream("sweep").bits(at: 0)
    ).run(progress: { [context] in try context.progress($0, of: 2 * $1) }) { cell in
      Self.logits(cell.logits.values, ids)
    }
    func mean(_ arm: Int, _ value: (Logits) -> Double) -> Double { Mean.of(outcome.values[arm].map(value)) }
    effects = components.enumerated().map { index, component in
      Effect(
        component: component, lost: mean(0, \.gap) - mean(index + 1, \.gap),
        freed: mean(index + 1, \.comply) - mean(0, \.comply))
    }
    let heads = effects.filter { $0.component.head != nil }
    guard let reader = heads.max(by: { $0.lost < $1.lost })?.component,
      let suppressor = effects.max(by: { $0.freed < $1.freed })?.component
    else { throw NoComponents() }
    (self.reader, self.suppressor) = (reader, suppressor)
  }

  private static func logits(_ values: [Float], _ ids: [Int]) -> Logits {
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    return Logits(refuse: Double(values[ids[0]]) - mean, comply: Double(values[ids[1]]) - mean)
  }

  /// The unchanged model, each rival, both at once, and other heads.
  func outcomes() throws -> [Outcome] {
    let others = effects.map(\.component).filter { $0.head != nil && $0 != reader && $0 != suppressor }
    var generator = context.stream("other heads").generator()
    let controls = others.shuffled(using: &generator).prefix(settings.controls)
    let both = reader == suppressor ? [reader] : [reader, suppressor]
    let arms: [(String, Figure.Role, [Component])] =
      [
        ("unchanged", .baseline, []), ("\(reader.name) at its mean", .effect, [reader]),
        ("\(suppressor.name) at its mean", .effect, [suppressor]), ("both at their means", .effect, both),
      ] + controls.map { ("\($0.name) at its mean", .null, [$0]) }
    return try arms.enumerated().map { index, arm in
      try context.progress(arms.count + index, of: 2 * arms.count)
      return try outcome(arm.0, arm.1, arm.2)
    }
  }

  private func outcome(_ name: String, _ role: Figure.Role, _ components: [Component]) throws -> Outcome {
    let interventions = components.map { $0.set(to: means[$0] ?? []) }
    let tokens = harmful.map(\.tokens)
    let forward = try subject.model.forward(tokens, interventions: interventions, logits: .last)
    let rows = try tokens.indices.map { try forward.logits(sequence: $0).values }
    let generation = try subject.model.generate(
      prompts: tokens,
      options: GenerationOptions(
        maxNewTokens: settings.maxNewTokens, stop: subject.stop, interventions: interventions))
    let responses = generation.sequences.map { subject.tokenizer.decode($0.text) }
    return Outcome(
      name: name, role: role, logits: rows.map { Self.logits($0, ids) }, scores: rows.map(metric.score),
      responses: responses, refuses: responses.map(metric.refuses))
  }

  /// The harmless test prompts' logits, with nothing changed.
  func harmlessLogits() throws -> [Logits] {
    let forward = try subject.model.forward(harmless.map(\.tokens), logits: .last)
    return try harmless.indices.map { Self.logits(try forward.logits(sequence: $0).values, ids) }
  }
}

/// A model without a head or a feed-forward layer.
struct NoComponents: Error, CustomStringConvertible {
  var description: String { "the model has no component to set to its mean" }
}
