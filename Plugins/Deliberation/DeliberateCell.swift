import Deliberation
import Experiment
import Labelling
import Manuscript

/// `{deliberate}`: whether thinking first, and only then deciding, decides better than answering at once, and what it
/// costs.
///
/// Beside the arms that think stand answering at once, a decision before any thought, and two controls: as many
/// meaningless tokens, and another request's thoughts.
package enum DeliberateCell: CellKind {
  package static let name = "deliberate"
  package static let version = 2
  package static let summary =
    "Compares answering at once with thinking first: decisions, responses, leaks, tokens, and what several votes add."

  package static func problems(_ settings: DeliberateSettings, in scope: CellScope) -> [Problem] {
    var problems = AskedRequests.problems(settings.design, in: scope)
    if let by = settings.by { problems += [scope.missing(column: by, setting: "by")].compactMap { $0 } }
    func wrong(_ setting: String, _ isWrong: Bool, _ message: String, _ expected: String) {
      guard isWrong else { return }
      problems.append(Problem(message, at: scope.location(of: setting), expected: "expected: \(expected)"))
    }
    wrong("budgets", settings.budgets.isEmpty, "nothing is thought", "one budget or more")
    wrong("budgets", settings.budgets.contains { $0 < 1 }, "a budget is below 1", "tokens of thinking, 1 or more")
    wrong(
      "budgets", Set(settings.budgets).count < settings.budgets.count, "a budget is named twice", "each once")
    wrong("votes", settings.votes.contains { !(1...99).contains($0) }, "a number of votes is none", "1 to 99")
    wrong("votes", Set(settings.votes).count < settings.votes.count, "a number of votes is named twice", "each once")
    wrong("combine", settings.combine.isEmpty, "votes are combined in no way", "one or more")
    problems += scope.problems(ofAnswers: settings.refusalTokens, setting: "refusal_tokens")
    guard let subject = scope.subject else { return problems }
    do {
      _ = try Deliberator(settings.policy.fitting(subject), subject: subject)
      for combine in settings.combine {
        let policy = settings.policy(votes: max(2, settings.votes.max() ?? 2), combine)
        _ = try Deliberator(policy.fitting(subject), subject: subject)
      }
    } catch {
      problems.append(Problem("\(error)", at: scope.cell.location))
    }
    wrong(
      "filler", !settings.filler.isEmpty && subject.tokenizer.encode(settings.filler, special: true).isEmpty,
      "“\(settings.filler)” is no token", "one token or more")
    return problems
  }

  package static func work(_ settings: DeliberateSettings, in scope: CellScope) -> Work {
    let longest = settings.budgets.max() ?? 0
    var work = scope.work(settings.rows, generating: longest + settings.maxResponse)
    let share = min(1, Double(settings.sample ?? work.sequences) / Double(max(1, work.sequences)))
    work.sequences = Int(Double(work.sequences) * share) * max(1, settings.votes.max() ?? 1)
    let arms = settings.votes.count * settings.combine.count
    // Thoughts and responses end before they must, about half-way.
    work.tokens =
      Int(Double(work.tokens) * share) * (4 + settings.budgets.count + (settings.votes.max() ?? 0) + arms) / 2
    return work
  }

  package static func run(_ settings: DeliberateSettings, in context: CellContext) throws -> Results {
    let rules = try LabelRules.declared(by: settings.labeller, in: context)
    let asked = try AskedRequests(settings.design, in: context)
    let arms = try DeliberateArms(settings, asked: asked, rules: rules, in: context)
    let (outcomes, draws) = try arms.run()
    var results = try DeliberateReport(settings: settings, asked: asked, outcomes: outcomes, draws: draws)
      .results(in: context)
    if settings.marks == .init() { results.notes += try AskedInWords.notes(settings.words, in: context) }
    return results
  }
}

extension DeliberateSettings {
  var design: AskedRequests.Design {
    AskedRequests.Design(
      expected: expected, decisions: decisions, rows: rows, sample: sample, contrast: contrast, cluster: cluster)
  }
}
