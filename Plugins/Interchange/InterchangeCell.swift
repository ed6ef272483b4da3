import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{interchange}`: an interchange intervention (Geiger et al. 2021, arXiv 2106.02997) with two sources. One prompt of a
/// pair gives the task, and one the state at a place that is held to carry the harm; all four combinations are run.
///
/// If that state is the harm and nothing else, whether the model refuses follows the harm's source, and what it speaks
/// of follows the task's.
package enum InterchangeCell: CellKind {
  package static let name = "interchange"
  package static let version = 3
  package static let summary =
    "Gives a prompt the state of its counterpart at a place, and tells whose refusal and whose object come out."

  package static func problems(_ settings: InterchangeSettings, in scope: CellScope) -> [Problem] {
    var problems = [
      scope.missing(column: settings.target, setting: "target"), scope.missing(column: settings.pair, setting: "pair"),
      settings.names.isEmpty ? nil : scope.missing(column: settings.names, setting: "names"),
    ].compactMap { $0 }
    problems += scope.problems(of: settings.rows, setting: "rows")
    problems += scope.problems(of: settings.layers, setting: "layers")
    problems += scope.problems(of: settings.positions, setting: "positions")
    problems += scope.problems(ofAnswers: settings.refusalTokens, setting: "refusal_tokens")
    problems += PromptPairs.problems(pair: settings.pair, target: settings.target, rows: settings.rows, in: scope)
    if let configuration = scope.subject?.model.configuration {
      let site = settings.site.hook
      if !site.exists(in: configuration) || site.isPairwise || site.isScale || !site.isPerLayer {
        problems.append(
          Problem(
            "\(settings.site.written) has no vector of each position in each layer of this model",
            at: scope.location(of: "site"), expected: "expected: such as resid_pre, attn_out, mlp_out, z"))
      }
      if !(0..<configuration.layers).contains(settings.at) {
        problems.append(
          Problem(
            "layer \(settings.at) does not exist in the model", at: scope.location(of: "at"),
            expected: "expected: 0 to \(configuration.layers - 1)"))
      }
      if !settings.along.isEmpty, site.width(in: configuration) != configuration.width {
        problems.append(
          Problem(
            "directions lie in the residual stream, and \(settings.site.written) does not",
            at: scope.location(of: "along"), expected: "expected: a site of width \(configuration.width)"))
      }
    }
    if let train = settings.train { problems += Self.problems(of: train, settings, in: scope) }
    if !(1...100_000).contains(settings.permutations) {
      problems.append(
        Problem(
          "“permutations” is \(settings.permutations)", at: scope.location(of: "permutations"),
          expected: "expected: 1 to 100000"))
    }
    if settings.controls < 1, !settings.along.isEmpty || settings.train != nil {
      problems.append(
        Problem(
          "a span without random ones beside it says little", at: scope.location(of: "controls"),
          expected: "expected: at least 1"))
    }
    return problems
  }

  /// What is wrong with rows to learn from: they must be pairs, and none that is tested on.
  private static func problems(
    of train: RowFilter, _ settings: InterchangeSettings, in scope: CellScope
  ) -> [Problem] {
    var problems = scope.problems(of: train, setting: "train")
    problems += PromptPairs.problems(pair: settings.pair, target: settings.target, rows: train, in: scope)
    problems += scope.problems(ofParts: [("train", train), ("rows", settings.rows)])
    if !settings.along.isEmpty {
      problems.append(
        Problem(
          "“along” and “train” both say what is exchanged", at: scope.location(of: "train"),
          expected: "expected: one of them"))
    }
    if settings.layers != .all {
      problems.append(
        Problem(
          "a span is learnt at “at” alone", at: scope.location(of: "layers"),
          expected: "expected: no “layers” beside “train”"))
    }
    let width = scope.subject.map { settings.site.hook.width(in: $0.model.configuration) } ?? .max
    if !(1..<width).contains(settings.rank) || !(1...1_000).contains(settings.steps) {
      problems.append(
        Problem(
          "a search of \(settings.steps) steps for rank \(settings.rank)", at: scope.location(of: "rank"),
          expected: "expected: a rank from 1 to below the width of the site, and 1 to 1000 steps"))
    }
    return problems
  }

  package static func work(_ settings: InterchangeSettings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let configuration = subject.model.configuration
    let layers = settings.layers.resolved(count: configuration.layers)
    var work = scope.work(settings.rows)
    work.sweeps = true
    work.generates = true
    let width = settings.site.hook.width(in: configuration)
    work.bytes += work.tokens * configuration.layers * width * MemoryLayout<Float>.stride
    let blocks = layers.reduce(0) { $0 + configuration.layers - $1 }
    let controls = settings.along.isEmpty ? 1 : 1 + settings.controls
    work.tokens += work.tokens * (blocks / configuration.layers + controls)
    if let train = settings.train { work.tokens += scope.work(train).tokens * settings.steps * 5 }
    work.tokens += work.sequences * 4 * settings.maxNewTokens
    work.longest += settings.maxNewTokens
    return work
  }

  package static func run(_ settings: InterchangeSettings, in context: CellContext) throws -> Results {
    let pairs = try PromptPairs(pair: settings.pair, target: settings.target, rows: settings.rows, in: context)
    let exchange = try Exchange(settings, pairs: pairs, in: context)
    return try InterchangeReport(settings, exchange, in: context).results()
  }
}
