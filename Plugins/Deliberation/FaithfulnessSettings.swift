import Deliberation
import Experiment

/// What a `{faithfulness}` cell may say.
package struct FaithfulnessSettings: CellSettings {
  package var expected = "label"
  package var decisions = DecisionWords.usual
  package var rows = RowFilter.everything
  package var sample: Int?
  package var cluster: String?
  package var group: String?
  package var budget = 96
  package var site = Site(.residPost)
  package var layers = Layers.all
  package var folds = 5
  package var permutations = 50
  package var marks = DeliberationPolicy.Marks()
  package var words: DeliberationPolicy.Words?
  package var resamples = 1_000

  package init() {}

  package static let keys: [SettingKey<FaithfulnessSettings>] = [
    .optional("expected", \.expected, "The column of the right decision."),
    .optional("decisions", \.decisions, "What that column calls each of the three decisions."),
    .optional("rows", \.rows, "The requests."),
    .optional("sample", \.sample, "How many of them, drawn by the document's seed; all if left out."),
    .optional("cluster", \.cluster, "The column whose values' rows are resampled together."),
    .optional(
      "group", \.group, "The column whose values' rows are never in training and test together, such as template."),
    .optional("budget", \.budget, "Tokens of thinking at most."),
    .optional("site", \.site, "The hook that the probe reads."),
    .optional("layers", \.layers, "The layers where it does."),
    .optional("folds", \.folds, "Folds of the cross-validation."),
    .optional(
      "permutations", \.permutations,
      "Shuffled labellings behind the family-wise p; groups and clusters are respected in turn."),
    .optional("marks", \.marks, "The tokens that the model thinks and decides in."),
    .optional("words", \.words, "For a model without such tokens: how it is asked, and the words of the verdict."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
  ]

  var design: AskedRequests.Design {
    AskedRequests.Design(
      expected: expected, decisions: decisions, rows: rows, sample: sample, contrast: nil, cluster: cluster)
  }

  var policy: DeliberationPolicy {
    var policy = DeliberationPolicy()
    (policy.think, policy.marks, policy.words, policy.maxResponse) = (budget, marks, words, 1)
    return policy
  }
}
