import Experiment
import Statistics
import Tensor
import Transformer

/// One way of running the prompts: unchanged, with the intervention, or with a control in its place.
struct Arm: Sendable {
  let name: String
  let role: Figure.Role
  let interventions: [Intervention]

  /// What came of an arm.
  struct Outcome: Sendable {
    let arm: Arm
    let responses: [String]
    /// By prompt: whether the response contains a refusal phrase.
    let refuses: [Bool]
    /// By prompt: the refusal score at the last prompt token.
    let scores: [Double]
    /// By prompt: whether the response names what it should.
    let names: [Bool]
    /// Activations reached, and activations whose bits changed, while responding.
    let fired: Int
    let changed: Int

    var refusalRate: Estimate {
      get throws { try Proportion(successes: refuses.count { $0 }, trials: refuses.count).wilson }
    }
    /// Among the responses that refuse, how many name it.
    var namingRate: Estimate? {
      get throws {
        let named = zip(refuses, names).filter(\.0).map(\.1)
        return named.isEmpty ? nil : try Proportion(successes: named.count { $0 }, trials: named.count).wilson
      }
    }
  }

  /// Answers every prompt.
  ///
  /// - Parameter model: the subject's, or one made from it.
  func run(
    _ prompts: [Prompt], _ settings: AblationSettings, metric: RefusalMetric, named: [String], subject: Subject,
    model: Model? = nil
  ) throws -> Outcome {
    let model = model ?? subject.model
    let forward = try model.forward(prompts.map(\.tokens), interventions: interventions, logits: .last)
    let logits = try prompts.indices.map { try forward.logits(sequence: $0).values }
    let generation = try model.generate(
      prompts: prompts.map(\.tokens),
      options: GenerationOptions(
        maxNewTokens: settings.maxNewTokens, stop: subject.stop, interventions: interventions))
    let responses = generation.sequences.map { subject.tokenizer.decode($0.text) }
    return Outcome(
      arm: self, responses: responses, refuses: responses.map(metric.refuses), scores: logits.map(metric.score),
      names: zip(responses, named).map { response, name in !name.isEmpty && response.contains(name) },
      fired: generation.interventions.reduce(0) { $0 + $1.fired },
      changed: generation.interventions.reduce(0) { $0 + $1.changed })
  }
}
