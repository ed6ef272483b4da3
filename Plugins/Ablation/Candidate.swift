import Experiment
import Statistics
import Tensor
import Transformer

/// A difference of means at one layer and position.
struct Candidate: Sendable {
  let layer: Int
  let position: Position
  let direction: Direction

  /// A candidate with what it did on the validation prompts.
  struct Judged: Sendable {
    /// Why a candidate is discarded, in the words of the table.
    enum Reason: String, Sendable {
      case noDifference = "no difference"
      case notANumber = "not a number"
      case tooDeep = "too deep"
      case changesHarmless = "changes harmless prompts"
      case inducesNothing = "induces no refusal"
    }

    let candidate: Candidate
    /// Mean refusal score of harmful prompts with the direction ablated everywhere.
    let ablated: Double
    /// Mean refusal score of harmless prompts with the raw difference added at its layer, at all positions.
    let induced: Double
    /// Mean KL(base || ablated) at the last position of harmless prompts, in nats.
    let divergence: Double
    /// Why the rule does not allow it; `nil` if it does.
    let discarded: Reason?
  }

  /// Means are taken over block inputs, in float64.
  static func all(_ settings: DirectionSettings, sets: PromptSets, in context: CellContext) throws -> [Candidate] {
    let (subject, data) = (try context.subject, try context.data)
    let layers = subject.model.configuration.layers
    let positions = try settings.positions.flatMap { try $0.expanded(in: sets.harmfulTrain) }
    let harmful = try means(sets.harmfulTrain, positions, subject, data)
    let harmless = try means(sets.harmlessTrain, positions, subject, data)
    return (0..<layers).flatMap { layer in
      positions.enumerated().map { index, position in
        let difference = zip(harmful[layer][index], harmless[layer][index]).map { $0 - $1 }
        let norm = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return Candidate(
          layer: layer, position: position,
          direction: Direction(
            hook: HookPoint(.residPre, layer: layer).description, position: "\(position)", method: "mean_difference",
            model: subject.digest, data: data.digest, unit: difference.map { Float(norm > 0 ? $0 / norm : 0) },
            norm: norm))
      }
    }
  }

  /// `[layers][positions][d_model]`
  private static func means(
    _ prompts: [Prompt], _ positions: [Position], _ subject: Subject, _ data: Dataset
  ) throws -> [[[Double]]] {
    let places = try prompts.map { prompt in try positions.map { try subject.index(of: $0, in: prompt, data: data) } }
    let forward = try subject.model.forward(
      prompts.map(\.tokens), capture: [HookPattern(.residPre)], at: .indices(places.map { Set($0).sorted() }),
      logits: .none)
    let width = subject.model.configuration.width
    return try (0..<subject.model.configuration.layers).map { layer in
      var sums = positions.map { _ in [Double](repeating: 0, count: width) }
      for sequence in prompts.indices {
        let rows = try forward.activation(HookPoint(.residPre, layer: layer), sequence: sequence)
        let order = Set(places[sequence]).sorted()
        for (index, place) in places[sequence].enumerated() {
          guard let row = order.firstIndex(of: place) else { continue }
          for (column, value) in rows.row(row).values.enumerated() { sums[index][column] += Double(value) }
        }
      }
      return sums.map { $0.map { $0 / Double(prompts.count) } }
    }
  }

  /// Ablates and adds each candidate on the validation prompts.
  static func judged(
    _ candidates: [Candidate], _ settings: DirectionSettings, sets: PromptSets, metric: RefusalMetric,
    in context: CellContext
  ) throws -> [Judged] {
    let subject = try context.subject
    let deepest = Int(settings.deepest * Double(subject.model.configuration.layers))
    return try candidates.enumerated().map { done, candidate in
      try context.progress(done, of: candidates.count)
      guard candidate.direction.norm > 0 else {
        return Judged(
          candidate: candidate, ablated: sets.harmfulScore, induced: sets.harmlessScore, divergence: 0,
          discarded: .noDifference)
      }
      let ablation = Intervention.directionalAblation(candidate.direction.unit)
      let addition = Intervention(
        at: HookPoint(.residPre, layer: candidate.layer),
        operation: .add(candidate.direction.unit, scale: candidate.direction.norm))
      func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
      let ablated = mean(try PromptSets.logits(subject, sets.harmfulValidation, [ablation]).map(metric.score))
      let induced = mean(try PromptSets.logits(subject, sets.harmlessValidation, [addition]).map(metric.score))
      let spared = try PromptSets.logits(subject, sets.harmlessValidation, [ablation])
      let divergence = mean(zip(sets.harmlessLogits, spared).map(RefusalMetric.divergence))
      let discarded: Judged.Reason? =
        if ablated.isNaN || induced.isNaN {
          .notANumber
        } else if candidate.layer >= deepest {
          .tooDeep
        } else if divergence > settings.divergence {
          .changesHarmless
        } else {
          induced < 0 ? .inducesNothing : nil
        }
      return Judged(
        candidate: candidate, ablated: ablated, induced: induced, divergence: divergence, discarded: discarded)
    }
  }
}
