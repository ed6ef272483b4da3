import Experiment
import Labelling
import Statistics
import Transformer

/// One way of asking the prompts.
struct JustifyArm: Sendable {
  /// What an arm is for.
  enum Kind: Hashable, Sendable {
    case base, effect, random, wrongPosition, signFlip, noOp
  }

  let name: String
  let kind: Kind
  var interventions: [Intervention] = []
  /// What every response is made to begin with.
  var prefix = ""
  /// The dose or the onset, for curves.
  var x: Double?

  /// What came of an arm.
  struct Outcome {
    let arm: JustifyArm
    /// By prompt: the tokens of the response, forced ones too.
    let tokens: [[Int]]
    let responses: [String]
    let labels: [ResponseLabels]
    /// Activations reached, and activations whose bits changed.
    let fired: Int
    let changed: Int
  }

  /// Answers every prompt, and labels the answers.
  func run(
    _ asked: AskedPrompts, _ settings: JustifySettings, rules: LabelRules, subject: Subject
  ) throws -> Outcome {
    let forced = subject.tokenizer.encode(prefix)
    let generation = try subject.model.generate(
      prompts: asked.prompts.map(\.tokens),
      options: GenerationOptions(
        maxNewTokens: max(0, settings.maxNewTokens - forced.count), stop: subject.stop, interventions: interventions,
        forcedPrefixes: asked.prompts.map { _ in forced }))
    let responses = generation.sequences.map { subject.tokenizer.decode($0.text) }
    return Outcome(
      arm: self, tokens: generation.sequences.map(\.tokens), responses: responses,
      labels: zip(responses, asked.rows).map { rules.label($0, row: $1) },
      fired: generation.interventions.reduce(0) { $0 + $1.fired },
      changed: generation.interventions.reduce(0) { $0 + $1.changed })
  }
}
