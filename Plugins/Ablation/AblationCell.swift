import Experiment
import Manuscript
import Statistics
import Transformer

/// `{ablation}`: what the model does when something inside it is taken away or put in, beside the same with nothing
/// changed and with controls that should do nothing.
package enum AblationCell: CellKind {
  package static let name = "ablation"
  package static let version = 2
  package static let summary =
    "Removes or adds something while the model answers, with random controls, side effects, and the responses to read."

  package static func problems(_ settings: AblationSettings, in scope: CellScope) -> [Problem] {
    var problems = scope.problems(of: settings.rows, setting: "rows")
    problems += settings.sideEffects.map { scope.problems(of: $0, setting: "side_effects") } ?? []
    problems += scope.problems(of: settings.layers, setting: "layers")
    if !settings.names.isEmpty {
      problems += [scope.missing(column: settings.names, setting: "names")].compactMap { $0 }
    }
    if [.ablate, .add].contains(settings.operation), settings.direction == nil {
      problems.append(
        Problem(
          "“operation: \(settings.operation.rawValue)” needs the key “direction”", at: scope.location(of: "operation"),
          help: "add “direction: LABEL.best”, the label being that of a {direction} cell"))
    }
    if settings.weights {
      if settings.operation != .ablate || settings.extent != .all {
        problems.append(
          Problem(
            "weights are without a direction everywhere or nowhere", at: scope.location(of: "weights"),
            expected: "expected: operation: ablate, extent: all"))
      } else if let c = scope.subject?.model.configuration, c.architecture.normPlacement != .before {
        problems.append(
          Problem(
            "a \(c.family.rawValue) model has norms behind its sublayers, whose weights would bring the direction back",
            at: scope.location(of: "weights"), expected: "expected: weights: false"))
      }
    }
    if settings.refusalPhrases.isEmpty || settings.refusalTokens.isEmpty {
      problems.append(
        Problem(
          "there is nothing to tell a refusal by", at: scope.location(of: "refusal_tokens"),
          expected: "expected: at least one token and one phrase"))
    }
    return problems + scope.problems(ofAnswers: settings.refusalTokens, setting: "refusal_tokens")
  }

  package static func work(_ settings: AblationSettings, in scope: CellScope) -> Work {
    var work = scope.work(settings.rows, generating: settings.maxNewTokens)
    // Responses end before they must, about half-way.
    work.tokens =
      (work.tokens - work.sequences * settings.maxNewTokens / 2) * (2 + settings.controls + (settings.weights ? 1 : 0))
    if let effects = settings.sideEffects.map({ scope.work($0) }) {
      work.tokens += 4 * effects.tokens
      work.bytes = max(work.bytes, 2 * effects.bytes)
    }
    return work
  }

  package static func run(_ settings: AblationSettings, in context: CellContext) throws -> Results {
    let (subject, data) = (try context.subject, try context.data)
    let prompts = try Arms.prompts(settings, in: context)
    let metric = try RefusalMetric(
      tokens: settings.refusalTokens, phrases: settings.refusalPhrases, subject: subject)
    let named = prompts.map { settings.names.isEmpty ? "" : data.rows[$0.row][settings.names]?.plain ?? "" }
    let arms = try Arms(settings, in: context)
    let all = [arms.unchanged, arms.changed] + arms.controls
    let outcomes = try all.enumerated().map { index, arm in
      try context.progress(index, of: all.count + 1)
      return try arm.run(prompts, settings, metric: metric, named: named, subject: subject)
    }
    let orthogonalised = try orthogonalised(settings, in: context).map { model in
      try arms.unchanged.run(prompts, settings, metric: metric, named: named, subject: subject, model: model)
    }
    let sideEffects = try settings.sideEffects.map {
      try SideEffects(
        of: arms.changed.interventions, on: try context.prompts(where: $0), resamples: settings.resamples, in: context)
    }
    return try AblationReport(
      settings: settings, prompts: prompts, unchanged: outcomes[0], changed: outcomes[1],
      controls: Array(outcomes.dropFirst(2)), sideEffects: sideEffects, orthogonalised: orthogonalised
    ).results(in: context)
  }

  /// The model whose weights cannot write along the direction, if it is asked for.
  private static func orthogonalised(_ settings: AblationSettings, in context: CellContext) throws -> Model? {
    guard settings.weights, let reference = settings.direction else { return nil }
    return try context.subject.model.orthogonalised(against: try context.direction(reference).unit)
  }
}
