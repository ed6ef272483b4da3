import Experiment

/// What an `{ablation}` cell may say.
package struct AblationSettings: CellSettings {
  /// What is done.
  package enum Operation: String, SettingChoice {
    /// A direction is removed from every block input, attention output and feed-forward output.
    case ablate
    /// A direction is added at the layer where it was found.
    case add
    /// A site's output is set to zero.
    case zero
    /// A site's output is set to its mean over the rows named by `side_effects`.
    case mean
  }

  /// Where in the text it is done.
  package enum Extent: String, SettingChoice {
    case all, prompt, last
  }

  package var operation = Operation.ablate
  package var direction: Reference?
  package var scale = 1.0
  package var site = Site(.attnOut)
  package var layers = Layers.all
  package var extent = Extent.all
  package var rows = RowFilter.everything
  package var sideEffects: RowFilter?
  package var refusalTokens: [String] = []
  package var refusalPhrases: [String] = RefusalMetric.publishedPhrases
  package var names = ""
  package var controls = 10
  package var weights = false
  package var maxNewTokens = 64
  package var gallery = 8
  package var resamples = 1_000

  package init() {}

  package static let keys: [SettingKey<AblationSettings>] = [
    .required("operation", \.operation, "What is done."),
    .required("refusal_tokens", \.refusalTokens, "First tokens of refusals, for the refusal score."),
    .optional("direction", \.direction, "The direction, as another cell's result; for ablate and add."),
    .optional("scale", \.scale, "How much is added, in units of the raw difference of means."),
    .optional("site", \.site, "The hook that is set; for zero and mean."),
    .optional("layers", \.layers, "The layers where it is set; for zero and mean."),
    .optional("extent", \.extent, "At which tokens it is done: all, those of the prompt, or its last."),
    .optional("rows", \.rows, "The prompts that are asked."),
    .optional("side_effects", \.sideEffects, "Harmless prompts on which side effects are measured."),
    .optional("refusal_phrases", \.refusalPhrases, "Phrases that tell a refusal, anywhere in the response."),
    .optional("names", \.names, "A column whose value a response is searched for, such as the object asked about."),
    .optional("controls", \.controls, "Random directions of equal length that are tried beside it."),
    .optional(
      "weights", \.weights,
      "For ablate: whether the same is done to the weights of a copy (orthogonalisation), which must answer alike."),
    .optional("max_new_tokens", \.maxNewTokens, "Tokens of a response at most."),
    .optional("gallery", \.gallery, "Prompts whose responses are shown."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
  ]
}
