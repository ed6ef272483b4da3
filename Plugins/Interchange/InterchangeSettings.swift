import Experiment

/// What an `{interchange}` cell may say.
package struct InterchangeSettings: CellSettings {
  var pair = "pair"
  var target = ""
  var rows = RowFilter.everything
  var site = Site.residPre
  var layers = Layers.all
  var at = 0
  var positions: [Position] = [.last]
  var along: [Reference] = []
  var train: RowFilter?
  var rank = 1
  var steps = 20
  var refusalTokens: [String] = []
  var refusalPhrases: [String] = RefusalMetric.publishedPhrases
  var names = ""
  var maxNewTokens = 64
  var controls = 10
  var permutations = 10_000
  var resamples = 1_000
  var gallery = 8

  package init() {}

  package static let keys: [SettingKey<InterchangeSettings>] = [
    .required("target", \.target, "The column that says which prompt of a pair is harmful: 0 or 1."),
    .required("refusal_tokens", \.refusalTokens, "First tokens of refusals, for the refusal score."),
    .required("at", \.at, "The layer at which responses are generated; choose it before looking at these rows."),
    .optional("names", \.names, "A column whose value a response is searched for, such as the object asked about."),
    .optional("pair", \.pair, "The column that two prompts of a pair share."),
    .optional("rows", \.rows, "The rows that pairs are made of."),
    .optional("site", \.site, "The hook whose activation is taken from the harm source."),
    .optional("layers", \.layers, "The layers at which effects on the refusal score are measured, one at a time."),
    .optional("positions", \.positions, "The positions at which it is taken, all together."),
    .optional(
      "along", \.along,
      "Directions: only what lies in their span is taken, and random spans of equal rank are a control."),
    .optional(
      "train", \.train,
      "Rows of pairs on which a span is learnt at the layer “at” (distributed alignment search); not those tested on."),
    .optional("rank", \.rank, "Dimensions of the span that is learnt."),
    .optional("steps", \.steps, "Steps of the search."),
    .optional("refusal_phrases", \.refusalPhrases, "Phrases that tell a refusal, anywhere in the response."),
    .optional("max_new_tokens", \.maxNewTokens, "Tokens of a response at most."),
    .optional("controls", \.controls, "Random spans of equal rank that are tried beside the given one."),
    .optional("permutations", \.permutations, "Sign flips of pairs behind each p-value."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
    .optional("gallery", \.gallery, "Pairs whose responses are shown."),
  ]
}
