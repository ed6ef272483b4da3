import Experiment
import Manuscript
import Statistics
import Transformer

/// `{rivals}`: the cheaper explanations of a jump of logits, each with the intervention that would bear it out.
///
/// That one head reads the decision out: then setting it to its mean stops refusals. That something pushes down the
/// token of compliance: then setting that to its mean does. What is chosen is chosen on the training rows.
package enum RivalsCell: CellKind {
  package static let name = "rivals"
  package static let version = 2
  package static let summary =
    "Sets the one head, and the one component that suppresses compliance, to their means: is the decision still made?"

  package static func problems(_ settings: RivalsSettings, in scope: CellScope) -> [Problem] {
    var problems = [scope.missing(column: settings.target, setting: "target")].compactMap { $0 }
    let parts = [("train", settings.train), ("test", settings.test)]
    for (name, rows) in parts {
      problems += scope.problems(of: rows, setting: name)
      for harmful in [true, false] {
        problems += SplitProblems.tooFew(harmful: harmful, name, rows, target: settings.target, in: scope)
      }
    }
    problems += scope.problems(ofParts: parts)
    func wrong(_ setting: String, _ isWrong: Bool, _ message: String, _ expected: String) {
      guard isWrong else { return }
      problems.append(Problem(message, at: scope.location(of: setting), expected: "expected: \(expected)"))
    }
    wrong("tokens", settings.tokens.count != 2, "“tokens” names \(settings.tokens.count)", "two")
    wrong("prompts", settings.prompts < 8, "\(settings.prompts) prompts give no interval", "8 or more")
    wrong("controls", settings.controls < 1, "there is no control", "1 or more")
    wrong(
      "refusal_tokens", settings.refusalTokens.isEmpty || settings.refusalPhrases.isEmpty,
      "there is nothing to tell a refusal by", "at least one token and one phrase")
    if let c = scope.subject?.model.configuration {
      wrong(
        "controls", settings.controls > c.layers * c.heads - 2,
        "\(settings.controls) other heads are more than there are", "\(c.layers * c.heads - 2) at most")
    }
    return problems + scope.problems(ofAnswers: settings.tokens, setting: "tokens")
      + scope.problems(ofAnswers: settings.refusalTokens, setting: "refusal_tokens")
  }

  package static func work(_ settings: RivalsSettings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let c = subject.model.configuration
    var work = scope.work(settings.test, generating: settings.maxNewTokens)
    let train = scope.work(settings.train)
    let prompts = min(settings.prompts, work.sequences)
    let arms = 4 + settings.controls
    work.tokens =
      2 * prompts * train.longest + prompts * c.layers * (c.heads + 1) * (1 + train.longest / 50) / 2
      + arms * prompts * (work.longest - settings.maxNewTokens / 2)
    work.sequences = prompts
    work.bytes = max(work.bytes, 2 * prompts * c.layers * (c.queryWidth + c.width) * MemoryLayout<Float>.stride)
    work.sweeps = true
    return work
  }

  package static func run(_ settings: RivalsSettings, in context: CellContext) throws -> Results {
    let run = try RivalsRun(settings, in: context)
    return try RivalsReport(run: run, outcomes: try run.outcomes()).results(in: context)
  }
}
