import Deliberation
import Experiment

/// What a `{deliberate}` cell may say.
package struct DeliberateSettings: CellSettings {
  package var expected = "label"
  package var decisions = DecisionWords.usual
  package var labeller: Reference?
  package var rows = RowFilter.everything
  package var sample: Int?
  package var contrast: RowFilter?
  package var cluster: String?
  package var by: String?
  package var budgets = [96]
  package var votes: [Int] = []
  package var combine: [DeliberationPolicy.Combination] = [.majority]
  package var threshold = DeliberationPolicy().threshold
  package var temperature = DeliberationPolicy().temperature
  package var series: DeliberationPolicy.Series?
  package var filler = ""
  package var refusalTokens: [String] = []
  package var marks = DeliberationPolicy.Marks()
  package var words: DeliberationPolicy.Words?
  package var maxResponse = 64
  package var gallery = 6
  package var resamples = 1_000

  package init() {}

  package static let keys: [SettingKey<DeliberateSettings>] = [
    .required("labeller", \.labeller, "The {labeller} cell whose rules say what a response decided."),
    .optional("expected", \.expected, "The column of the right decision."),
    .optional("decisions", \.decisions, "What that column calls each of the three decisions."),
    .optional("rows", \.rows, "The requests."),
    .optional("sample", \.sample, "How many of them, drawn by the document's seed; all if left out."),
    .optional(
      "contrast", \.contrast,
      "Those that look as if they had to be refused: over-refusal is counted on them; all that must not be, if left out."
    ),
    .optional("cluster", \.cluster, "The column whose values' rows are resampled together."),
    .optional("by", \.by, "A column by whose values decisions are told apart, such as family."),
    .optional("budgets", \.budgets, "Tokens of thinking at most, an arm for each; the controls have the largest."),
    .optional("votes", \.votes, "Numbers of runs of thinking that vote, an arm for each and each way to combine them."),
    .optional("combine", \.combine, "How votes become one decision."),
    .optional("threshold", \.threshold, "The share of refusals from which on it is refused; for threshold."),
    .optional("temperature", \.temperature, "How thoughts are drawn where several vote."),
    .optional(
      "series", \.series, "How a draft is put to the model again, for an arm that does so where a caveat is due."),
    .optional("filler", \.filler, "The token that stands in place of thoughts, for a control of equal length."),
    .optional("refusal_tokens", \.refusalTokens, "First tokens of refusals, for the score of answering at once."),
    .optional("marks", \.marks, "The tokens that the model thinks and decides in."),
    .optional("words", \.words, "For a model without such tokens: how it is asked, and the words of the verdict."),
    .optional("max_response", \.maxResponse, "Tokens of a response at most."),
    .optional("gallery", \.gallery, "Requests whose answers are shown."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
  ]

  /// The policy of thinking once, greedily, within the largest budget.
  var policy: DeliberationPolicy {
    var policy = DeliberationPolicy()
    policy.think = budgets.max() ?? 0
    policy.temperature = temperature
    policy.threshold = threshold
    (policy.marks, policy.words, policy.maxResponse) = (marks, words, maxResponse)
    // What a run that does not end comes to is part of what is measured; one that ends otherwise has failed.
    policy.onMalformed = .abstain
    if let series { policy.series = series }
    return policy
  }

  /// The policy of some votes.
  func policy(votes: Int, _ combine: DeliberationPolicy.Combination) -> DeliberationPolicy {
    var policy = policy
    (policy.votes, policy.combine) = (votes, combine)
    return policy
  }
}
