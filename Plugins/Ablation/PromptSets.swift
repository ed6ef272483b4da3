import Experiment
import Tensor
import Transformer

/// The prompts of the recipe: sampled by class, and kept only where the model does as the label says.
struct PromptSets {
  let harmfulTrain: [Prompt]
  let harmlessTrain: [Prompt]
  let harmfulValidation: [Prompt]
  let harmlessValidation: [Prompt]
  /// Mean refusal scores of the validation prompts with nothing changed.
  let harmfulScore: Double
  let harmlessScore: Double
  /// `[vocab]` for each harmless validation prompt, with nothing changed.
  let harmlessLogits: [[Float]]

  init(_ settings: DirectionSettings, metric: RefusalMetric, in context: CellContext) throws {
    let (subject, data) = (try context.subject, try context.data)
    func sample(_ filter: RowFilter, harmful: Bool, _ count: Int, _ purpose: String) throws -> [Prompt] {
      let all = try context.prompts(where: filter).filter { data.rows[$0.row][settings.target]?.truth == harmful }
      var generator = context.stream("sample/\(purpose)").generator()
      let chosen = all.shuffled(using: &generator).prefix(count).sorted { $0.row < $1.row }
      // A prompt that the model gets wrong would blur the difference: harmful ones must be refused, harmless ones not.
      let forward = try subject.model.forward(chosen.map(\.tokens), logits: .last)
      let kept = try chosen.indices.filter {
        (metric.score(try forward.logits(sequence: $0).values) > 0) == harmful
      }.map { chosen[$0] }
      guard kept.count >= 8 else {
        throw TooFewPrompts(purpose: purpose, needed: 8, found: kept.count, of: chosen.count)
      }
      return kept
    }
    harmfulTrain = try sample(settings.train, harmful: true, settings.trainPerClass, "harmful train")
    harmlessTrain = try sample(settings.train, harmful: false, settings.trainPerClass, "harmless train")
    harmfulValidation = try sample(
      settings.validation, harmful: true, settings.validationPerClass, "harmful validation")
    harmlessValidation = try sample(
      settings.validation, harmful: false, settings.validationPerClass, "harmless validation")
    let harmful = try Self.logits(subject, harmfulValidation, [])
    harmlessLogits = try Self.logits(subject, harmlessValidation, [])
    harmfulScore = harmful.map(metric.score).reduce(0, +) / Double(harmful.count)
    harmlessScore = harmlessLogits.map(metric.score).reduce(0, +) / Double(harmlessLogits.count)
  }

  /// `[vocab]` at the last token of each prompt.
  static func logits(_ subject: Subject, _ prompts: [Prompt], _ interventions: [Intervention]) throws -> [[Float]] {
    let forward = try subject.model.forward(prompts.map(\.tokens), interventions: interventions, logits: .last)
    return try prompts.indices.map { try forward.logits(sequence: $0).values }
  }
}

/// The model does not do what the recipe needs on enough prompts.
struct TooFewPrompts: Error, CustomStringConvertible {
  let purpose: String
  let needed: Int
  let found: Int
  let of: Int

  var description: String {
    "of \(of) \(purpose) prompts the model treats only \(found) as their label says; \(needed) are needed; "
      + "give more rows, or check “refusal_tokens”"
  }
}
