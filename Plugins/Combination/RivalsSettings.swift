import Experiment

/// What a `{rivals}` cell may say.
package struct RivalsSettings: CellSettings {
  var target = ""
  var train = RowFilter.everything
  var test = RowFilter.everything
  var tokens: [String] = []
  var refusalTokens: [String] = []
  var refusalPhrases = RefusalMetric.publishedPhrases
  var prompts = 60
  var controls = 4
  var maxNewTokens = 32
  var gallery = 6
  var resamples = 1_000

  package init() {}

  package static let keys: [SettingKey<RivalsSettings>] = [
    .required("target", \.target, "The column that says which prompts are harmful: 0 or 1."),
    .required("train", \.train, "The rows that components are chosen on, and that their means are taken over."),
    .required("test", \.test, "The rows that are answered with a component set to its mean."),
    .required(
      "tokens", \.tokens, "Two tokens, one that begins refusals and one that begins compliance; their logits differ."),
    .required("refusal_tokens", \.refusalTokens, "First tokens of refusals, for the refusal score."),
    .optional("refusal_phrases", \.refusalPhrases, "Phrases that tell a refusal, anywhere in the response."),
    .optional("prompts", \.prompts, "Prompts of each class, in either part, at most; drawn with the document's seed."),
    .optional("controls", \.controls, "Heads drawn among the others, each set to its mean in the same way."),
    .optional("max_new_tokens", \.maxNewTokens, "Tokens of a response at most."),
    .optional("gallery", \.gallery, "Prompts whose responses are shown."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
  ]
}
