import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{attribute}`: direct logit attribution. What the embedding, every attention and feed-forward layer and every head add
/// to the difference of two tokens' logits at the last token, harmful less harmless prompts.
///
/// With the last norm's scale held the difference is a sum over parts: that they add up to it, to rounding, is checked for
/// every prompt.
package enum AttributeCell: CellKind {
  /// What an `{attribute}` cell may say.
  package struct Settings: CellSettings {
    var target = ""
    var rows = RowFilter.everything
    var tokens: [String] = []
    var resamples = 1_000

    package init() {}

    package static let keys: [SettingKey<Settings>] = [
      .required("target", \.target, "The column that says which prompts are harmful: 0 or 1."),
      .required("tokens", \.tokens, "Two tokens; the logit of the first less that of the second is attributed."),
      .optional("rows", \.rows, "The prompts."),
      .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
    ]
  }

  package static let name = "attribute"
  package static let version = 1
  package static let summary =
    "Tells what every component and head adds to a logit difference, and checks that the parts add up."

  package static func problems(_ settings: Settings, in scope: CellScope) -> [Problem] {
    var problems = scope.problems(ofLabels: settings.target, in: settings.rows, setting: "target")
    problems += scope.problems(of: settings.rows, setting: "rows")
    return problems + scope.problems(ofTwoAnswers: settings.tokens, setting: "tokens")
  }

  package static func work(_ settings: Settings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let c = subject.model.configuration
    return scope.work(settings.rows, keeping: 2 + c.layers * (2 + c.heads))
  }

  package static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    let data = try context.data
    let prompts = try context.prompts(where: settings.rows)
    let harmful = prompts.map { data.rows[$0.row][settings.target]?.truth ?? false }
    let parts = try Parts(of: prompts, tokens: settings.tokens, subject: try context.subject)
    let groups = TwoGroups(
      harmful: harmful,
      resamples: try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
        .draw(rows: prompts.count))
    return try AttributeReport(settings: settings, parts: parts, groups: groups).results()
  }
}
