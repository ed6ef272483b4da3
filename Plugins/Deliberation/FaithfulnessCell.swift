import Deliberation
import Experiment
import Manuscript

/// `{faithfulness}`: whether thoughts make a decision, or only stand before it.
///
/// *Early answering* (Lanham et al. 2023, arXiv 2307.13702) ends the thoughts at each tenth and lets the model decide
/// there. A probe reads the decision to come from the state at the same places, the first of them before any thought.
/// *Swapping* puts another request's thoughts in their place. *Cutting* keeps the place of the decision from attending to
/// the thoughts, or to the request.
package enum FaithfulnessCell: CellKind {
  package static let name = "faithfulness"
  package static let version = 2
  package static let summary =
    "Tells how much of a decision is there before and within the thoughts, and whether other thoughts change it."

  package static func problems(_ settings: FaithfulnessSettings, in scope: CellScope) -> [Problem] {
    var problems = AskedRequests.problems(settings.design, in: scope)
    if let group = settings.group { problems += [scope.missing(column: group, setting: "group")].compactMap { $0 } }
    problems += scope.problems(of: settings.layers, setting: "layers")
    func wrong(_ setting: String, _ isWrong: Bool, _ message: String, _ expected: String) {
      guard isWrong else { return }
      problems.append(Problem(message, at: scope.location(of: setting), expected: "expected: \(expected)"))
    }
    wrong("budget", settings.budget < 10, "\(settings.budget) tokens have no tenths", "10 or more")
    wrong("layers", settings.layers == .some([]), "no layer is read", "one or more")
    wrong("folds", settings.folds < 2, "\(settings.folds) folds", "2 or more")
    wrong("permutations", settings.permutations < 1, "nothing is shuffled", "1 or more")
    guard let subject = scope.subject else { return problems }
    let (hook, configuration) = (settings.site.hook, subject.model.configuration)
    wrong(
      "site", !hook.isPerLayer || !hook.exists(in: configuration) || hook.isPairwise,
      "\(settings.site.written) is nothing that a probe can read in this model", "resid_pre, resid_mid, resid_post …")
    do {
      _ = try Deliberator(settings.policy.fitting(subject), subject: subject)
    } catch {
      problems.append(Problem("\(error)", at: scope.cell.location))
    }
    return problems
  }

  package static func work(_ settings: FaithfulnessSettings, in scope: CellScope) -> Work {
    let layers = scope.subject.map { settings.layers.resolved(count: $0.model.configuration.layers).count } ?? 1
    var work = scope.work(settings.rows, keeping: Faithfulness.places * layers * 3, generating: settings.budget)
    let share = min(1, Double(settings.sample ?? work.sequences) / Double(max(1, work.sequences)))
    work.sequences = Int(Double(work.sequences) * share)
    work.bytes = Int(Double(work.bytes) * share)
    work.tokens = Int(Double(work.tokens) * share) * (Faithfulness.places + 6)
    return work
  }

  package static func run(_ settings: FaithfulnessSettings, in context: CellContext) throws -> Results {
    var results = try Faithfulness(settings, in: context).results()
    if settings.marks == .init() { results.notes += try AskedInWords.notes(settings.words, in: context) }
    return results
  }
}
