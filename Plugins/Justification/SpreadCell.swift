import Experiment
import Labelling
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{spread}`: over how many positions the decision to refuse, and the reason that is given, are spread.
///
/// The harmful run of each pair is patched from the harmless one at one position and layer at a time. The decision is
/// read at the last token of the prompt, as the refusal score; the reason before the token that first tells the
/// category, as that token's log-probability, behind the same response in both runs. The effects' shares make an
/// effective number of positions: the exponential of their entropy.
package enum SpreadCell: CellKind {
  package static let name = "spread"
  package static let version = 1
  package static let summary =
    "Counts the positions that carry the decision to refuse, and those that carry the reason, by patching each alone."

  package static func problems(_ settings: SpreadSettings, in scope: CellScope) -> [Problem] {
    var problems = [
      scope.missing(column: settings.target, setting: "target"), scope.missing(column: settings.pair, setting: "pair"),
    ].compactMap { $0 }
    problems += scope.problems(of: settings.rows, setting: "rows")
    problems += scope.problems(of: settings.layers, setting: "layers")
    if settings.site.hook.isPairwise {
      problems.append(
        Problem(
          "\(settings.site.written) belongs to two positions at a time", at: scope.location(of: "site"),
          expected: "expected: a site such as resid_pre"))
    }
    return problems + scope.problems(ofAnswers: settings.refusalTokens, setting: "refusal_tokens")
  }

  package static func work(_ settings: SpreadSettings, in scope: CellScope) -> Work {
    var work = scope.work(settings.rows, generating: settings.maxNewTokens)
    guard let subject = scope.subject, work.sequences > 0 else { return work }
    let configuration = subject.model.configuration
    let layers = settings.layers.resolved(count: configuration.layers)
    let pairs = min(settings.sample ?? .max, work.sequences / 2)
    let tokens = work.tokens / work.sequences * pairs
    work.sweeps = true
    work.bytes += tokens * layers.count * configuration.width * MemoryLayout<Float>.stride * 4
    // Each position in each layer runs what lies behind both: a quarter on average; once for the decision, once for the reason.
    work.tokens = tokens * (2 + layers.count * work.longest / 2)
    return work
  }

  package static func run(_ settings: SpreadSettings, in context: CellContext) throws -> Results {
    let subject = try context.subject
    let rules = try LabelRules.declared(by: settings.labeller, in: context)
    let metric = try RefusalMetric(tokens: settings.refusalTokens, phrases: [], subject: subject)
    guard let reference = settings.direction else {
      throw Problem("“direction” is missing", at: context.scope.cell.location)
    }
    let chosen = try HookPoint(context.direction(reference).hook).layer
    let layers = Set(settings.layers.resolved(count: subject.model.configuration.layers) + [chosen]).sorted()
    let pairs = try ReasonedPairs(settings, rules: rules, in: context)
    @Sendable func report(_ half: Int) -> @Sendable (Int, Int) throws -> Void {
      { done, total in try context.progress(done + half * total, of: 2 * total) }
    }
    let decision = try CausalSpread(
      of: subject.model, base: pairs.harmful.map(\.tokens), source: pairs.harmless.map(\.tokens),
      site: settings.site.hook, layers: layers, progress: report(0)
    ) { logits, _ in metric.score(logits) }
    let telling = pairs.telling
    let reason = try CausalSpread(
      of: subject.model, base: zip(pairs.harmful, pairs.beginnings).map { $0.tokens + $1 },
      source: zip(pairs.harmless, pairs.beginnings).map { $0.tokens + $1 }, site: settings.site.hook, layers: layers,
      progress: report(1)
    ) { logits, pair in CausalSpread.logProbability(logits, of: telling[pair]) }
    return try SpreadReport(
      settings: settings, pairs: pairs, layers: layers, chosen: chosen, decision: decision, reason: reason
    ).results(in: context)
  }
}
