import Experiment

/// What a `{steer}` cell may say.
package struct SteerSettings: CellSettings {
  /// At which tokens the direction is added.
  package enum Extent: String, SettingChoice {
    /// Those of the prompt and those that are generated.
    case all
    case prompt
    case last
    /// Those that are generated.
    case response
  }

  /// Where it is added for an onset layer.
  package enum Span: String, SettingChoice {
    /// There alone.
    case single
    /// There and in every layer behind it.
    case onward
  }

  var direction: Reference?
  var doses = [-1.0, -0.5, 0, 0.25, 0.5, 0.75, 1, 1.5]
  var layers = Layers.all
  var at = 0
  var span = Span.single
  var extent = Extent.last
  var rows = RowFilter.everything
  var sideEffects: RowFilter?
  var refusalTokens: [String] = []
  var refusalPhrases: [String] = RefusalMetric.publishedPhrases
  var controls = 5
  var maxNewTokens = 64
  var gallery = 6
  var resamples = 1_000

  package init() {}

  package static let keys: [SettingKey<SteerSettings>] = [
    .required("direction", \.direction, "The direction that is added, as another cell's result."),
    .required("refusal_tokens", \.refusalTokens, "First tokens of refusals, for the refusal score."),
    .required("at", \.at, "The onset layer of responses, side effects and controls; choose it on other rows."),
    .optional("doses", \.doses, "How much is added, in units of the raw difference of means; 0 must change nothing."),
    .optional("layers", \.layers, "The onset layers at which refusal scores are measured, one at a time."),
    .optional("span", \.span, "Whether it is added at the onset layer alone, or from there on."),
    .optional("extent", \.extent, "At which tokens it is added: all, those of the prompt, its last, the response's."),
    .optional("rows", \.rows, "The prompts that are asked."),
    .optional("side_effects", \.sideEffects, "Prompts on which KL and the loss of expected responses are measured."),
    .optional("refusal_phrases", \.refusalPhrases, "Phrases that tell a refusal, anywhere in the response."),
    .optional("controls", \.controls, "Random directions of equal length that are added in its place."),
    .optional("max_new_tokens", \.maxNewTokens, "Tokens of a response at most."),
    .optional("gallery", \.gallery, "Prompts whose responses are shown side by side, at every dose."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
  ]
}
